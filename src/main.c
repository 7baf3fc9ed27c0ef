#include "server/program.h"

int main(int argc, char **argv)
{
	return teahouse_main(argc, argv);
}
