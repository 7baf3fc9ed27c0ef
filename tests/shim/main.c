/* teahouse-shim: the whole program, on the shim's disk. */
#include "server/program.h"
#include "tests/shim/shim.h"

int main(int argc, char **argv)
{
	shim_install();
	return teahouse_main(argc, argv);
}
