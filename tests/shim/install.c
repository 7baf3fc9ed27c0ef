/* Linked with the server's own main(), this file makes teahouse-shim of it. */
#include "tests/shim/shim.h"

__attribute__((constructor)) static void install(void)
{
	shim_install();
}
