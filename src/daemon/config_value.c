/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/config_value.h"

#include "util/alloc.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/secret.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIG_DIGITS_MAX 18 /* what an int64_t holds for sure */
#define CONFIG_WORDS_MAX  1024
#define CONFIG_SECRET_MAX 64

bool config_number_read(const char *text, int64_t min, int64_t max,
			int64_t *out_number)
{
	size_t len = strspn(text, "0123456789");
	int64_t number = strtoll(text, NULL, 10);

	if (!len || len > CONFIG_DIGITS_MAX || text[len] || number < min ||
	    number > max)
		return false;
	*out_number = number;
	return true;
}

/* A number with a unit behind it; without, it is milliseconds. */
static bool config_duration_read(const char *text, int64_t min, int64_t max,
				 int64_t *out_ms)
{
	static const struct {
		const char *unit;
		int64_t ms;
	} units[] = { { "", 1 }, { "ms", 1 }, { "s", 1000 }, { "m", 60000 } };
	size_t len = strspn(text, "0123456789");
	CLEANUP_FREE char *digits = alloc_text_part(text, len);
	int64_t number;

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(text + len, units[i].unit) != 0 ||
		    !config_number_read(digits, 0, max / units[i].ms,
					&number) ||
		    number * units[i].ms < min)
			continue;
		*out_ms = number * units[i].ms;
		return true;
	}
	return false;
}

bool config_word_is_in(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = words; len && (at = strstr(at, word)); at += len)
		if ((at == words || at[-1] == ' ') &&
		    (at[len] == ' ' || !at[len]))
			return !strchr(word, ' ');
	return false;
}

char *config_words_say(const char *words)
{
	CLEANUP(buf_cleanup) struct buf said = BUF_INIT(CONFIG_WORDS_MAX);
	const char *last = strrchr(words, ' ');

	for (const char *at = words; *at; at++)
		if (*at != ' ')
			buf_add_byte(&said, (uint8_t)*at);
		else
			buf_add_text(&said, at == last ? " or " : ", ");
	return alloc_text(buf_text(&said));
}

/* --- the options of drivers --- */

static char *config_option_read_bool(const struct driver_option *option,
				     const char *text)
{
	(void)option;
	if (config_word_is_in("yes true on", text))
		return alloc_text("yes");
	return config_word_is_in("no false off", text) ? alloc_text("no")
						       : NULL;
}

static char *config_option_read_int(const struct driver_option *option,
				    const char *text)
{
	int64_t number;

	if (!config_number_read(text, option->min, option->max, &number))
		return NULL;
	return alloc_format("%lld", (long long)number);
}

static char *config_option_read_duration(const struct driver_option *option,
					 const char *text)
{
	int64_t ms;

	if (!config_duration_read(text, option->min, option->max, &ms))
		return NULL;
	return alloc_format("%lld", (long long)ms);
}

static char *config_option_read_choice(const struct driver_option *option,
				       const char *text)
{
	return config_word_is_in(option->choices, text) ? alloc_text(text)
							: NULL;
}

static bool config_digits_are_valid(const struct driver_option *option,
				    const char *text)
{
	size_t len = strspn(text, "0123456789");

	return !text[len] && len >= (size_t)option->min &&
	       len <= (size_t)option->max;
}

/* One line out of a file that nobody but its owner may read; NULL if it is
 * none. */
static char *config_secret_load(const char *path)
{
	char text[CONFIG_SECRET_MAX] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat status;
	ssize_t len = -1;
	char *line;

	if (fd < 0)
		return NULL;
	if (!fstat(fd, &status) && S_ISREG(status.st_mode) &&
	    !(status.st_mode & (S_IRWXG | S_IRWXO)))
		len = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (len > 0 && text[len - 1] == '\n')
		text[len - 1] = '\0';
	line = len > 0 ? alloc_text(text) : NULL;
	secret_wipe(text, sizeof(text));
	return line;
}

/* They may be a code, and that need not stand in the configuration. */
static char *config_option_read_digits(const struct driver_option *option,
				       const char *text)
{
	char *value =
		text[0] == '/' ? config_secret_load(text) : alloc_text(text);

	if (value && !config_digits_are_valid(option, value))
		value = secret_free(value);
	return value;
}

/* At the beginning of a byte; both are hexadecimal. */
static bool config_hex_holds(const char *text, const char *bytes)
{
	for (; *text; text += 2)
		if (!strncasecmp(text, bytes, strlen(bytes)))
			return true;
	return false;
}

static char *config_option_read_hex(const struct driver_option *option,
				    const char *text)
{
	size_t len = strspn(text, "0123456789abcdefABCDEF");

	if (option->choices && config_word_is_in(option->choices, text))
		return alloc_text(text);
	if (text[len] || len % 2 || len / 2 < (size_t)option->min ||
	    len / 2 > (size_t)option->max ||
	    (option->without && config_hex_holds(text, option->without)))
		return NULL;
	return alloc_text(text);
}

/* --- what they may be, in words --- */

static char *config_option_say_bool(const struct driver_option *option)
{
	(void)option;
	return alloc_text("yes or no");
}

/* "6", "2 to 6" */
static char *config_range_say(const struct driver_option *option)
{
	return option->min == option->max
		       ? alloc_format("%lld", (long long)option->min)
		       : alloc_format("%lld to %lld", (long long)option->min,
				      (long long)option->max);
}

static char *config_option_say_duration(const struct driver_option *option)
{
	CLEANUP_FREE char *range = config_range_say(option);

	return alloc_format("%s milliseconds", range);
}

static char *config_option_say_choice(const struct driver_option *option)
{
	return config_words_say(option->choices);
}

static char *config_option_say_digits(const struct driver_option *option)
{
	CLEANUP_FREE char *range = config_range_say(option);

	return alloc_format("%s digit%s, or the path of a file with them",
			    range, option->max == 1 ? "" : "s");
}

static char *config_option_say_hex(const struct driver_option *option)
{
	CLEANUP_FREE char *range = config_range_say(option);
	CLEANUP_FREE char *words =
		config_words_say(option->choices ? option->choices : "");

	return alloc_format("%s byte%s in hexadecimal%s%s%s%s", range,
			    option->max == 1 ? "" : "s",
			    option->without ? " without " : "",
			    option->without ? option->without : "",
			    *words ? ", or " : "", words);
}

static const struct {
	const char *name;
	char *(*read)(const struct driver_option *option, const char *text);
	char *(*say)(const struct driver_option *option);
} config_types[] = {
	[DRIVER_OPTION_BOOL] = { "switch", config_option_read_bool,
				 config_option_say_bool },
	[DRIVER_OPTION_INT] = { "number", config_option_read_int,
				config_range_say },
	[DRIVER_OPTION_DURATION] = { "duration", config_option_read_duration,
				     config_option_say_duration },
	[DRIVER_OPTION_CHOICE] = { "choice", config_option_read_choice,
				   config_option_say_choice },
	[DRIVER_OPTION_DIGITS] = { "digits", config_option_read_digits,
				   config_option_say_digits },
	[DRIVER_OPTION_HEX] = { "bytes", config_option_read_hex,
				config_option_say_hex },
};

char *config_option_read(const struct driver_option *option, const char *text)
{
	return config_types[option->type].read(option, text);
}

char *config_option_allowed(const struct driver_option *option)
{
	return config_types[option->type].say(option);
}

const char *config_option_type(const struct driver_option *option)
{
	return config_types[option->type].name;
}
