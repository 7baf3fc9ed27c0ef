#include "base/scram.h"

#include "tests/unit/check.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The exchange of https://www.rfc-editor.org/rfc/rfc7677, 3: "user", whose password is "pencil". */
static const char first[] = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
static const char nonce[] = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
static const char challenge[] =
	"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
static const char final[] = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
			    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
static const char answer[] = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

static struct scram_verifier verifier_of(const char *password)
{
	struct scram_verifier v = { .iterations = 4096 };
	size_t len = 0;
	const char salt[] = "W22ZaJ0SNY7soEsUEjb6gQ==";
	int failed = sodium_base642bin(v.salt, sizeof(v.salt), salt, strlen(salt), NULL, &len, NULL,
				       sodium_base64_VARIANT_ORIGINAL);
	CHECK(failed == 0 && len == sizeof(v.salt));
	scram_derive(&v, password, strlen(password));
	return v;
}

/* What the server says to client-final at the end of the exchange; NULL: it is refused. */
static char *finish(const char *password, const char *client_first, const char *client_final)
{
	struct scram s = { 0 };
	struct buf said = { 0 }, last = { 0 };
	struct scram_verifier v = verifier_of(password);
	bool ok = scram_take_first(&s, client_first, strlen(client_first));
	CHECK(ok);
	scram_challenge(&s, &v, nonce, &said);
	ok = scram_take_final(&s, client_final, strlen(client_final), &last);
	CHECK(ok || last.len == 0);
	scram_done(&s);
	buf_done(&said);
	return last.bytes;
}

TEST(scram_speaks_as_the_rfc_does)
{
	struct scram s = { 0 };
	struct buf said = { 0 };
	struct scram_verifier v = verifier_of("pencil");
	CHECK(scram_take_first(&s, first, strlen(first)));
	CHECK_STR(s.user, "user");
	CHECK_STR(s.acts_as, "");
	scram_challenge(&s, &v, nonce, &said);
	CHECK_STR(said.bytes, challenge);
	buf_done(&said);
	CHECK(scram_take_final(&s, final, strlen(final), &said));
	CHECK_STR(said.bytes, answer);
	buf_done(&said);
	scram_done(&s);
}

TEST(scram_refuses_another_password)
{
	CHECK(!finish("pencils", first, final));
	CHECK(!finish("", first, final));
}

TEST(scram_reads_names_as_they_were_meant)
{
	static const struct {
		const char *message, *user, *acts_as;
	} cases[] = {
		{ "n,,n=a=2Cb=3Dc,r=x", "a,b=c", "" },     { "y,,n=老李,r=x", "老李", "" },
		{ "n,a=老李,n=老李,r=x", "老李", "老李" }, { "n,a=a=2C,n=a=2C,r=x", "a,", "a," },
		{ "n,,n=user,r=x,e=more,z=", "user", "" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct scram s = { 0 };
		CHECK(scram_take_first(&s, cases[i].message, strlen(cases[i].message)));
		CHECK_STR(s.user, cases[i].user);
		CHECK_STR(s.acts_as, cases[i].acts_as);
		scram_done(&s);
	}
}

TEST(scram_refuses_what_is_no_first_message)
{
	static const struct {
		const char *message, *why;
	} cases[] = {
		{ "", "nothing" },
		{ "n", "only a flag" },
		{ "n,", "no comma behind whom he acts as" },
		{ "n,,", "nobody" },
		{ "x,,n=user,r=x", "no such flag" },
		{ "p=tls-unique,,n=user,r=x", "channel binding" },
		{ "n,a=,n=user,r=x", "acts as nobody" },
		{ "n,b=a,n=user,r=x", "another attribute" },
		{ "n,,m=must,n=user,r=x", "an extension that must be known" },
		{ "n,,n=user,r=x,m=must", "the same behind" },
		{ "n,,n=,r=x", "no name" },
		{ "n,,n=user", "no nonce" },
		{ "n,,n=user,", "nothing behind a comma" },
		{ "n,,n=user,r=", "an empty nonce" },
		{ "n,,n=user,r=a b", "a space in it" },
		{ "n,,n=user,r=茶", "more than ASCII in it" },
		{ "n,,n=user,r=x,", "half an extension" },
		{ "n,,n=user,r=x,1=2", "no extension" },
		{ "n,,r=x,n=user", "the wrong order" },
		{ "n,,n=a=2,r=x", "half an escape" },
		{ "n,,n=a=2c,r=x", "an escape in small letters" },
		{ "n,,n=\xff,r=x", "no UTF-8" },
	};
	struct scram s = { 0 };
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CHECK_EQ(scram_take_first(&s, cases[i].message, strlen(cases[i].message)), false,
			 cases[i].why);
		scram_done(&s);
	}
	CHECK_EQ(scram_take_first(&s, "n,,n=a\0b,r=x", 12), false, "a NUL");
	scram_done(&s);
}

TEST(scram_refuses_what_is_no_final_message)
{
	static const struct {
		const char *message, *why;
	} cases[] = {
		{ "", "nothing" },
		{ "c=biws", "only the header" },
		{ "c=eSws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
		  "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
		  "another header" },
		{ "c=biwsbiws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
		  "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
		  "a longer one" },
		{ "c=biws,r=rOprNGfwEbeRWgbNEkqO,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
		  "only his half of the nonce" },
		{ "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", "no proof" },
		{ "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=",
		  "an empty one" },
		{ "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZQ==",
		  "a short one" },
		{ "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
		  "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ",
		  "base64 without its end" },
		{ "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
		  "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=,x=y",
		  "something behind it" },
		{ "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,m=must,"
		  "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
		  "an extension that must be known" },
		{ "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,x=y,"
		  "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
		  "an extension that was not signed" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(finish("pencil", first, cases[i].message) != NULL, false, cases[i].why);
}

TEST(scram_verifier_comes_back_from_its_text)
{
	static const char *const broken[] = {
		"",
		"SCRAM-SHA-1$4096:W22ZaJ0SNY7soEsUEjb6gQ==$x:x",
		"SCRAM-SHA-256$",
		"SCRAM-SHA-256$0:W22ZaJ0SNY7soEsUEjb6gQ==$",
		"SCRAM-SHA-256$4096",
		"SCRAM-SHA-256$4096:",
		"SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==",
		"SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$:",
		"SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6$"
		"dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=:"
		"dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
	};
	struct scram_verifier v = verifier_of("pencil"), again;
	char text[SCRAM_TEXT_SIZE], longer[SCRAM_TEXT_SIZE + 1];
	scram_text(&v, text);
	CHECK(scram_parse(&again, text));
	CHECK(memcmp(&v, &again, sizeof(v)) == 0);
	for (size_t i = 0; i < ARRAY_LEN(broken); i++)
		CHECK_EQ(scram_parse(&again, broken[i]), false, broken[i]);
	snprintf(longer, sizeof(longer), "%s:", text);
	CHECK(!scram_parse(&again, longer));
	text[strlen(text) - 1] = '\0';
	CHECK(!scram_parse(&again, text));
}

TEST(scram_pretends_the_same_for_one_name)
{
	unsigned char key[SCRAM_HASH_BYTES] = { 1 }, other_key[SCRAM_HASH_BYTES] = { 2 };
	struct scram_verifier a, again, b, other;
	scram_pretend(&a, key, "老李", 4096);
	scram_pretend(&again, key, "老李", 4096);
	scram_pretend(&b, key, "小王", 4096);
	scram_pretend(&other, other_key, "老李", 4096);
	CHECK(memcmp(&a, &again, sizeof(a)) == 0);
	CHECK(memcmp(a.salt, b.salt, sizeof(a.salt)) != 0);
	CHECK(memcmp(a.salt, other.salt, sizeof(a.salt)) != 0);
	CHECK_EQ(a.iterations, 4096, "as it was asked for");
}
