#include "base/file.h"

#include "tests/unit/check.h"
#include "tests/unit/store.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct err err;
static char bytes[8];
static size_t len;

static const char *in(const char *dir, const char *name)
{
	static char path[PATH_MAX];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

TEST(file_is_replaced_whole)
{
	char *dir = folder_new();
	struct stat st;

	CHECK(file_write(in(dir, "tea"), "green", 5, &err));
	CHECK_EQ(stat(in(dir, "tea"), &st), 0, "it is there");
	CHECK_EQ(st.st_mode & 07777, 0600, "for us alone");
	CHECK_EQ(file_read(in(dir, "tea"), bytes, sizeof(bytes), &len, &err), FILE_READ, "read");
	CHECK_EQ(len, 5, "all of it");
	CHECK_EQ(memcmp(bytes, "green", 5), 0, "as it was written");
	CHECK(file_write(in(dir, "tea"), "", 0, &err));
	CHECK_EQ(file_read(in(dir, "tea"), bytes, sizeof(bytes), &len, &err), FILE_READ, "read");
	CHECK_EQ(len, 0, "empty is no absence");
	CHECK_EQ(folder_file_bytes(dir, "tea.new"), -1, "nothing is left aside");
	folder_remove(dir);
}

TEST(file_has_a_most)
{
	char *dir = folder_new();

	CHECK(file_write(in(dir, "full"), "12345678", 8, &err));
	CHECK_EQ(file_read(in(dir, "full"), bytes, 8, &len, &err), FILE_READ, "just fits");
	CHECK_EQ(len, 8, "all of it");
	len = 99;
	CHECK_EQ(file_read(in(dir, "full"), bytes, 7, &len, &err), FILE_FAILED, "one beyond");
	CHECK_EQ(err.code, ERR_LIMIT, "a ceiling");
	CHECK(strstr(err.text, "has more than 7 bytes"));
	CHECK_EQ(len, 99, "untouched on failure");
	folder_remove(dir);
}

TEST(file_that_is_not_there_is_told_from_one_that_cannot_be_read)
{
	char *dir = folder_new();

	CHECK_EQ(file_read(in(dir, "none"), bytes, 8, &len, &err), FILE_NONE, "not there");
	CHECK(strstr(err.text, "/none: No such file"));
	CHECK_EQ(file_read(dir, bytes, 8, &len, &err), FILE_FAILED, "a folder");
	CHECK_EQ(err.code, ERR_IO, "the system says so");
	CHECK_EQ(file_write(in(dir, "none/tea"), "x", 1, &err), false, "no such folder");
	CHECK(strstr(err.text, "cannot write "));
	folder_remove(dir);
}

TEST(file_without_a_folder_is_in_the_current_one)
{
	char *dir = folder_new();
	int before = open(".", O_RDONLY | O_DIRECTORY);

	CHECK_EQ(chdir(dir), 0, "the folder");
	CHECK(file_write("tea", "x", 1, &err));
	CHECK_EQ(fchdir(before), 0, "back");
	close(before);
	CHECK_EQ(folder_file_bytes(dir, "tea"), 1, "there");
	folder_remove(dir);
}
