// Boost.URL, compiled once: every other file sees its declarations only.
#include <boost/url/src.hpp>
