/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which texts hold a card number. The numbers are those that the schemes have
 * made known for tests, and made-up ones; nobody has such a card.
 */
#include "util/card.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* a block of its own: it wants the ones above before itself */
#include <cmocka.h>

static void expect_all(const char *const *texts, bool card)
{
	for (; *texts; texts++)
		if (card_is_in(*texts) != card)
			fail_msg("%s: %s", *texts,
				 card ? "is let through" : "is refused");
}

static void test_each_scheme(void **state)
{
	static const char *const texts[] = {
		"4111111111111111",
		"4222222222222",
		"4000000000000000006",
		"5555555555554444",
		"5105105105105100",
		"2223003122003222",
		"2720992718874574",
		"378282246310005",
		"341111111111111",
		"6011111111111117",
		"6500000000000002",
		"6450000000000002",
		"3530111333300000",
		"30569309025904",
		"36227206271667",
		"38520000023237",
		"6200000000000005",
		"6759649826438453",
		"6799990100000000019",
		"50000000000009",
		"2200000000000004",
		"9792000000000003",
		NULL,
	};

	(void)state;
	expect_all(texts, true);
}

static void test_how_people_write_them(void **state)
{
	static const char *const texts[] = {
		"4111 1111 1111 1111",
		"4111-1111-1111-1111",
		"3782 822463 10005",
		"3056 930902 5904",
		"4222 222 222 222",
		"4000 0000 0000 0000 006",
		"41111111 11111111",
		"4111 1111-1111 1111",
		"4111\u00a01111\u00a01111\u00a01111",
		"4111\u20111111\u20131111\u20091111",
		"\uff14\uff11\uff11\uff11\uff11\uff11\uff11\uff11"
		"\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11",
		"\u0664\u0661\u0661\u0661 \u0661\u0661\u0661\u0661 "
		"\u0661\u0661\u0661\u0661 \u0661\u0661\u0661\u0661",
		NULL,
	};

	(void)state;
	expect_all(texts, true);
}

static void test_where_they_stand(void **state)
{
	static const char *const texts[] = {
		"4111111111111111 at the beginning",
		"at the end 4111111111111111",
		"in the midst (4111111111111111), that is",
		"card:4111111111111111",
		"CARD4111111111111111X",
		"Żółć 4111 1111 1111 1111 żółć",
		"4111 1111 1111 1111 1226",
		"4111 1111 1111 1111 12/26 123",
		"no. 4711 4111 1111 1111 1111",
		"2026-11-22 4111 1111 1111 1111",
		"a 5 4111-1111-1111-1111",
		"4111111111111112 4111111111111111",
		";4111111111111111=26121011000012345678?",
		"4111111111111111D26121011000012345678",
		"%B4111111111111111^DOE/JANE^2612101?",
		"0b7c9f0e-7a5e-4b3a-9d1e-6f0f8a1c2d3e 4111111111111111",
		"0b7c9f0e-7a5e-4b3a-9d1e-6f0f8a1c2d3e-4111111111111111",
		NULL,
	};

	(void)state;
	expect_all(texts, true);
}

static void test_what_is_none(void **state)
{
	static const char *const texts[] = {
		"",
		"change",
		"receipt 2026/118",
		"************1111",
		"411111******1111",
		"4111 11.. .... 1111",
		"4111111111111112",	  /* a wrong check digit */
		"4111 1111 1111 1112",	  /* the same */
		"422222222222",		  /* 12 digits */
		"500000000009",		  /* 12 digits of a right check digit */
		"41111111111111110000",	  /* 20 digits */
		"00004111111111111111",	  /* the same */
		"411111111111111100003",  /* 21 */
		"1234567890123452",	  /* no issuer begins so */
		"0000000000000000",	  /* the same */
		"41111111111114",	  /* Visa has no 14 digits */
		"5555555555554444000",	  /* nor Mastercard 19 */
		"4111  1111  1111  1111", /* not how they are written */
		"4111/1111/1111/1111",
		"4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
		"41 11 11 11 11 11 11 11",
		"4111 1111 1111 11",
		"411 1111 1111 11111",
		NULL,
	};

	(void)state;
	expect_all(texts, false);
}

/* One in ten numbers has a right check digit by chance. */
static void test_what_apps_put_there(void **state)
{
	static const char *const texts[] = {
		"4006381333931",	/* a barcode */
		"4000000000006",	/* one that is right both ways */
		"5900000000022",	/* a Polish one */
		"1763787612342",	/* the time in milliseconds */
		"1763787612345675",	/* in microseconds */
		"1763787612345678901",	/* in nanoseconds */
		"2026112205001232",	/* the date */
		"2026-11-22 05:00:13",	/* the same */
		"1445678901234567895",	/* what social networks count by */
		"+48 501 234 567 8903", /* a telephone */
		"PL61 1090 1014 0000 0712 1981 2874",	/* a bank account */
		"DE89 3704 0044 0532 0130 00",		/* the same */
		"01234567-4000-9111-8000-00000009abcd", /* a UUID */
		"01234567-4000-9111-0000-000900abcdef", /* the same */
		"sale 01234567-4000-9111-0000-000900abcdef",
		"ab4111111111111111cd0b7c9f0e7a5e", /* without hyphens */
		"AB4111111111111111CD0B7C9F0E7A5E",
		NULL,
	};

	(void)state;
	expect_all(texts, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_scheme),
		cmocka_unit_test(test_how_people_write_them),
		cmocka_unit_test(test_where_they_stand),
		cmocka_unit_test(test_what_is_none),
		cmocka_unit_test(test_what_apps_put_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
