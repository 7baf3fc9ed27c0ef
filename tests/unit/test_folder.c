#include "store/folder.h"

#include "tests/unit/check.h"
#include "tests/unit/store.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct err err;

TEST(folder_belongs_to_one)
{
	char *dir = folder_new();
	int fd = -1, second = -1;

	CHECK(folder_lock(dir, &fd, &err));
	CHECK_EQ(folder_lock(dir, &second, &err), false, "somebody has it");
	CHECK_EQ(err.code, ERR_DENIED, "held is not broken");
	CHECK(strstr(err.text, "another teahouse uses the data folder"));
	CHECK(strstr(err.text, dir));
	CHECK_EQ(second, -1, "untouched on failure");
	close(fd);
	CHECK(folder_lock(dir, &second, &err));
	close(second);
	folder_remove(dir);
}

TEST(folder_is_made_with_its_parents)
{
	char *dir = folder_new(), *parent = NULL, *path = NULL;
	int fd = -1;
	struct stat st;

	CHECK(asprintf(&parent, "%s/茶", dir) > 0 && asprintf(&path, "%s/house/", parent) > 0);
	CHECK(folder_lock(path, &fd, &err));
	CHECK_EQ(stat(path, &st), 0, "it is there");
	CHECK_EQ(st.st_mode & 07777, 0700, "for us alone");
	CHECK_EQ(stat(parent, &st), 0, "and so is its parent");
	CHECK_EQ(st.st_mode & 07777, 0700, "for us alone, too");
	close(fd);
	folder_remove(path);
	rmdir(parent);
	free(parent);
	folder_remove(dir);
}

TEST(folder_is_not_a_file)
{
	char *dir = folder_new(), path[PATH_MAX], below[PATH_MAX + 8];
	int fd = -1;

	snprintf(path, sizeof(path), "%s/file", dir);
	snprintf(below, sizeof(below), "%s/below", path);
	fclose(fopen(path, "w"));
	CHECK_EQ(folder_lock(path, &fd, &err), false, "a file");
	CHECK_EQ(err.code, ERR_INVALID, "the name is wrong, not the disk");
	CHECK(strstr(err.text, "is not a folder"));
	CHECK_EQ(folder_lock(below, &fd, &err), false, "below a file");
	CHECK(strstr(err.text, "Not a directory"));
	folder_remove(dir);
}

TEST(folder_has_a_name)
{
	int fd = -1;
	char path[PATH_MAX + 1] = { 0 };
	CHECK_EQ(folder_lock("", &fd, &err), false, "no name");
	CHECK(strstr(err.text, "is empty"));
	memset(path, 'x', PATH_MAX);
	CHECK_EQ(folder_lock(path, &fd, &err), false, "more name than the system takes");
	CHECK(strstr(err.text, "is too long"));
}

/* root may write everywhere, so be somebody else. */
static int lock_as_nobody(void *dir)
{
	int fd = -1;
	char below[PATH_MAX];

	EXPECT(geteuid() != 0 || setresuid(65534, 65534, 65534) == 0);
	EXPECT(!folder_lock(dir, &fd, &err));
	EXPECT(err.code == ERR_IO && strstr(err.text, "cannot write to the data folder"));
	EXPECT(strstr(err.text, dir) && strstr(err.text, "--data"));
	snprintf(below, sizeof(below), "%s/below", (char *)dir);
	EXPECT(!folder_lock(below, &fd, &err));
	EXPECT(strstr(err.text, "cannot create the folder") && strstr(err.text, below));
	return 0;
}

TEST(folder_must_be_writable)
{
	char *dir = folder_new();
	CHECK_EQ(chmod(dir, 0555), 0, "read only");
	CHECK_EQ(in_child(lock_as_nobody, dir), 0, "refused");
	folder_remove(dir);
}
