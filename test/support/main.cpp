// Boost.Test's entry point, and the pages of support that tests share.
#define BOOST_TEST_MODULE agenticrs
#include <boost/test/unit_test.hpp>
