// The binary `ars`.
int main() { return 2; }
