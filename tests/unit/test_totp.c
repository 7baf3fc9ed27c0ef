#include "base/totp.h"

#include "tests/unit/check.h"

#include <string.h>

/* RFC 6238, appendix B: the secret is "12345678901234567890"; its codes have eight digits, of which ours
 * are the last six. */
static const char secret[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

TEST(totp_codes_are_those_of_the_rfc)
{
	static const struct {
		uint64_t time_s;
		const char *code;
	} cases[] = {
		{ 59, "287082" },         { 1111111109, "081804" }, { 1111111111, "050471" },
		{ 1234567890, "005924" }, { 2000000000, "279037" }, { 20000000000, "353130" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char code[7];
		uint64_t last = 0;
		CHECK(totp_code(secret, cases[i].time_s / TOTP_STEP_S, code));
		CHECK_STR(code, cases[i].code);
		CHECK(totp_is(secret, code, (int64_t)cases[i].time_s, &last));
	}
}

TEST(totp_secret_is_base32)
{
	char text[TOTP_TEXT_SIZE], code[7];
	totp_text((const unsigned char *)"12345678901234567890", text);
	CHECK_STR(text, secret);
	CHECK(!totp_code("", 1, code));
	CHECK(!totp_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ", 1, code));
	CHECK(!totp_code("gEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 1, code));
	CHECK(!totp_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQA", 1, code));
}

TEST(totp_clocks_may_differ_by_a_step)
{
	char code[7];
	const int64_t now_s = 1700000010;
	for (int early = -2; early <= 2; early++) {
		uint64_t last = 0;
		CHECK(totp_code(secret, (uint64_t)(now_s / TOTP_STEP_S + early), code));
		CHECK_EQ(totp_is(secret, code, now_s, &last), early >= -1 && early <= 1,
			 "one step");
	}
}

TEST(totp_code_is_good_once)
{
	char code[7], next[7];
	uint64_t last = 0, step = 56666667;
	const int64_t now_s = (int64_t)step * TOTP_STEP_S;
	CHECK(totp_code(secret, step, code));
	CHECK(totp_code(secret, step + 1, next));
	CHECK(totp_is(secret, code, now_s, &last));
	CHECK(last == step);
	CHECK(!totp_is(secret, code, now_s, &last));
	CHECK(totp_is(secret, next, now_s, &last));
	CHECK(!totp_is(secret, code, now_s, &last));
}

TEST(totp_code_is_six_digits_and_spaces)
{
	uint64_t last = 0;
	CHECK(totp_is(secret, "287 082", 59, &last));
	static const char *const none[] = { "", "28708", "2870820", "287-82", "28708x", "２" };
	for (size_t i = 0; i < ARRAY_LEN(none); i++) {
		last = 0;
		CHECK(!totp_is(secret, none[i], 59, &last));
	}
}
