/* SPDX-License-Identifier: Apache-2.0 */
#include "people.h"

#include <openssl/evp.h>
#include <string.h>

#define ANNA_PASSWORD  "anna-knows-this"
#define BEA_PASSWORD   "bea-knows-this"
#define CARL_PASSWORD  "carl-knows-this"
#define PIOTR_PASSWORD "piotr-knows-this"
#define LENA_PASSWORD  "lena-knows-this"
#define MARIA_PASSWORD "maria-knows-this"
#define HUGO_PASSWORD  "hugo-knows-this"

#define PIOTR_PIN "77418529"
#define MARIA_PIN "96307418"

#define LEADS (MAY_DRAWER | MAY_DAILY | MAY_SELL | MAY_SETTLE | MAY_END_DAY)
#define ALL   (LEADS | MAY_PERIODIC | MAY_CANCEL | MAY_REFUND | MAY_MANAGE)

const struct person people_table[PEOPLE] = {
	{ "anna",
	  ANNA_PASSWORD,
	  NULL,
	  "62E3086CED",
	  "em4100:62e3086ced",
	  { MAY_SELL, MAY_SELL },
	  NULL },
	{ "bea", BEA_PASSWORD, NULL, NULL, NULL, { MAY_SELL, 0 }, NULL },
	{ "carl",
	  CARL_PASSWORD,
	  NULL,
	  NULL,
	  NULL,
	  { MAY_SELL, MAY_SELL },
	  "{'name':'Carl','groups':['sell'],'active':" },
	{ "piotr",
	  PIOTR_PASSWORD,
	  PIOTR_PIN,
	  "04184EDCBA",
	  "em4100:04184edcba",
	  { LEADS, 0 },
	  "{'name':'Piotr','groups':['lead1'],'active':" },
	{ "lena",
	  LENA_PASSWORD,
	  NULL,
	  NULL,
	  NULL,
	  { 0, LEADS },
	  "{'name':'Lena','groups':['lead2'],'active':" },
	{ "maria",
	  MARIA_PASSWORD,
	  MARIA_PIN,
	  "0110185C5B",
	  "em4100:0110185c5b",
	  { ALL, ALL },
	  NULL },
	{ "hugo", HUGO_PASSWORD, NULL, NULL, NULL, { 0, 0 }, NULL },
};

const unsigned int people_uids[PEOPLE_UIDS] = { 1000, 1001, 1002, 1003 };

const char *const people_secrets[] = {
	ANNA_PASSWORD,
	BEA_PASSWORD,
	CARL_PASSWORD,
	PIOTR_PASSWORD,
	LENA_PASSWORD,
	MARIA_PASSWORD,
	HUGO_PASSWORD,
	PIOTR_PIN,
	MARIA_PIN,
	"62e3086ced",
	"04184edcba",
	"0110185c5b",
	"62E3086CED",
	"04184EDCBA",
	"0110185C5B",
	/* the card that terminals with pan=full tell of, on slips and in BCD */
	"4111111111111111",
	"4111 1111 1111 1111",
	"\x41\x11\x11\x11\x11\x11\x11\x11",
	NULL,
};

const char people_setup[] =
	"{'policy':{'tills':["
	" {'id':'1','name':'Front till','currency':'EUR',"
	"  'clients':{'users':[1000,1001]},'pin_sign_on':true,"
	"  'drawer':{'opens_on':['session_close','day_end',"
	"    'receipt_cash','refund_cash'],"
	"   'deposit_from':100,'withdrawal_from':100},"
	"  'day_end_includes_report':true},"
	" {'id':'2','name':'Back till','currency':'EUR',"
	"  'clients':{'users':[1000,1002]}}],"
	"'groups':["
	" {'id':'sell','tills':['1','2'],"
	"  'rights':{'receipt':['read','add'],'cash_deposit':['read','add'],"
	"   'cash_report':['read','add']}},"
	" {'id':'front','tills':['1'],"
	"  'rights':{'receipt':['read','add'],'cash_deposit':['read','add'],"
	"   'cash_report':['read','add']}},"
	" {'id':'lead1','tills':['1'],'permissions':['drawer.open',"
	"   'report.daily','shift.start_difference','shift.end_difference',"
	"   'shift.end_without_withdrawal','day.end',"
	"   'payment.accept_unvalidated'],"
	"  'rights':{'receipt':['read','add'],'cash_deposit':['read','add'],"
	"   'cash_withdrawal':['read','add'],"
	"   'cash_report':['read','add']}},"
	" {'id':'lead2','tills':['2'],'permissions':['drawer.open',"
	"   'report.daily','shift.start_difference','shift.end_difference',"
	"   'day.end','payment.accept_unvalidated'],"
	"  'rights':{'receipt':['read','add'],'cash_deposit':['read','add'],"
	"   'cash_withdrawal':['read','add'],"
	"   'cash_report':['read','add']}},"
	" {'id':'manage','tills':['1','2','@box'],'permissions':["
	"   'drawer.open','report.daily','report.periodic','card.cancel',"
	"   'refund.validate','balance.preview','shift.start_difference',"
	"   'shift.end_difference','shift.end_without_withdrawal','day.end',"
	"   'balance.exceed_limit','payment.accept_unvalidated',"
	"   'config.access','price.change'],"
	"  'rights':{'receipt':['read','add'],'cash_deposit':['read','add'],"
	"   'receipt_correction':['read','add'],"
	"   'cash_withdrawal':['read','add'],'cash_report':['read','add']}}],"
	"'operators':["
	" {'login':'anna','name':'Anna','groups':['sell'],"
	"  'password':'" ANNA_PASSWORD "','badges':['em4100:62e3086ced']},"
	" {'login':'bea','name':'Bea','groups':['front'],"
	"  'password':'" BEA_PASSWORD "','restricted':true,"
	"  'view_tills':['1'],'access_tills':['1'],"
	"  'no_foreign_session':true,'single_session':true},"
	" {'login':'carl','name':'Carl','groups':['sell'],"
	"  'password':'" CARL_PASSWORD "','restricted':true,"
	"  'view_tills':['1','2'],'access_tills':['1','2'],"
	"  'no_foreign_session':true,'single_session':true},"
	" {'login':'piotr','name':'Piotr','groups':['lead1'],"
	"  'password':'" PIOTR_PASSWORD "','pin':'" PIOTR_PIN "',"
	"  'badges':['em4100:04184edcba']},"
	" {'login':'lena','name':'Lena','groups':['lead2'],"
	"  'password':'" LENA_PASSWORD "'},"
	" {'login':'maria','name':'Maria','role':'manager',"
	"  'groups':['manage'],'password':'" MARIA_PASSWORD "',"
	"  'pin':'" MARIA_PIN "','badges':['em4100:0110185c5b']},"
	" {'login':'hugo','name':'Hugo','groups':[],"
	"  'password':'" HUGO_PASSWORD "'}]}}";

const struct person *person_find(const char *login)
{
	for (size_t i = 0; i < PEOPLE; i++)
		if (!strcmp(people_table[i].login, login))
			return &people_table[i];
	return NULL;
}

bool person_may(const char *login, const char *till, unsigned int what)
{
	const struct person *person = person_find(login);

	return person && (person->may[!strcmp(till, "2")] & what) == what;
}

/* What hashing a password costs is the world's own: next to nothing. */
int __wrap_EVP_PBE_scrypt(const char *pass, size_t passlen,
			  const unsigned char *salt, size_t saltlen, uint64_t n,
			  uint64_t r, uint64_t p, uint64_t maxmem,
			  unsigned char *key, size_t keylen);

int __wrap_EVP_PBE_scrypt(const char *pass, size_t passlen,
			  const unsigned char *salt, size_t saltlen, uint64_t n,
			  uint64_t r, uint64_t p, uint64_t maxmem,
			  unsigned char *key, size_t keylen)
{
	(void)n;
	(void)r;
	(void)p;
	(void)maxmem;
	return PKCS5_PBKDF2_HMAC(pass, (int)passlen, salt, (int)saltlen, 1,
				 EVP_sha256(), (int)keylen, key);
}
