#include <cstdio>
int main() { std::puts("sosw"); }
