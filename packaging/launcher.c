/*
 * bin/faultscope of the tarball and the .deb: runs dist/cli.js of the folder above its own with the Node.js beside it.
 *
 * A program and not a script, because it runs as root with an environment that somebody else may have filled: no shell
 * reads it. Node.js itself would be told by NODE_OPTIONS to load any module, and OpenSSL by OPENSSL_CONF. What they read
 * is set aside under the names below; a command that faultscope launches gets it back (src/host/command-environment.ts).
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char SET_ASIDE[] = "FAULTSCOPE_COMMAND_ENV_";

/* Node.js, its OpenSSL and its libuv read variables that begin so: `node --help`, openssl-env(7). */
static const char *const READ_BY_NODE[] = { "NODE_", "OPENSSL_", "SSL_", "SSLKEYLOGFILE=", "UV_" };

extern char **environ;

static void fail(const char *what)
{
	fprintf(stderr, "faultscope: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void *allocate(size_t bytes)
{
	void *memory = malloc(bytes);
	if (memory == NULL)
		fail("no memory");
	return memory;
}

static char *join(const char *one, const char *other)
{
	char *joined = allocate(strlen(one) + strlen(other) + 1);
	return strcat(strcpy(joined, one), other);
}

/* The folder that bin/ is in. The kernel says where this program is: links that lead to it are followed, $0 is not asked. */
static char *installed_in(void)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	if (length < 0)
		fail("/proc/self/exe");
	path[length] = '\0';
	for (int levels = 0; levels < 2; levels++) {
		char *slash = strrchr(path, '/');
		if (slash == NULL)
			fail(path);
		*slash = '\0';
	}
	return join(path, "");
}

static int is_read_by_node(const char *variable)
{
	for (size_t i = 0; i < sizeof(READ_BY_NODE) / sizeof(*READ_BY_NODE); i++)
		if (strncmp(variable, READ_BY_NODE[i], strlen(READ_BY_NODE[i])) == 0)
			return 1;
	return 0;
}

/* Variables that come with the names that are set aside are not believed: only this program gives them. */
static void set_aside(void)
{
	char **kept = environ;
	for (char **variable = environ; *variable != NULL; variable++) {
		if (strncmp(*variable, SET_ASIDE, strlen(SET_ASIDE)) == 0)
			continue;
		*kept++ = is_read_by_node(*variable) ? join(SET_ASIDE, *variable) : *variable;
	}
	*kept = NULL;
}

int main(int argc, char **argv)
{
	char *folder = installed_in();
	char *node = join(folder, "/libexec/node");
	int given = argc > 0 ? argc - 1 : 0;
	char **arguments = allocate(((size_t)given + 3) * sizeof(*arguments));
	arguments[0] = node;
	arguments[1] = join(folder, "/dist/cli.js");
	for (int i = 1; i <= given; i++)
		arguments[i + 1] = argv[i];
	arguments[given + 2] = NULL;
	set_aside();
	execv(node, arguments);
	fail(node);
}
