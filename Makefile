# Thin: each target calls the script of that name; ARGS="..." goes to it.
.PHONY: setup demo test check bench
setup demo test check bench:
	@scripts/$@ $(ARGS)
