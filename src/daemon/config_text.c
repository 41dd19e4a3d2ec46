/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libconfuse 3.3 counts the line of a comment three times, takes no comment
 * between the values of a list, tells of text or braces that are never closed
 * at the file's end, and of a value that is missing where the next thing is. So
 * it gets no comments, and none of these.
 */
#include "daemon/config_text.h"

#include <stddef.h>
#include <string.h>

struct config_text {
	char *at;
	int line;
	int depth;  /* of open braces */
	int opened; /* line of the outermost */
	const char *fault;
};

/* The quote that closes it, on the same line; NULL if there is none. */
static char *config_text_close(char *quote)
{
	char *at = quote + 1;

	while (*at != *quote) {
		if (*at == '\\' && at[1])
			at++;
		if (!*at || *at == '\n')
			return NULL;
		at++;
	}
	return at;
}

static void config_text_take_quoted(struct config_text *text)
{
	char *end = config_text_close(text->at);

	if (end)
		text->at = end;
	else
		text->fault = "here begins a text that no quote closes";
}

static void config_text_blank_comment(struct config_text *text)
{
	size_t len = strcspn(text->at, "\n");

	memset(text->at, ' ', len);
	text->at += len - 1;
}

static void config_text_take_brace(struct config_text *text)
{
	if (*text->at == '{' && !text->depth++)
		text->opened = text->line;
	if (*text->at == '}' && text->depth)
		text->depth--; /* one too many is libconfuse's to tell */
}

#define CONFIG_TEXT_BLANKS " \t\r"
#define CONFIG_TEXT_ENDS   CONFIG_TEXT_BLANKS "\n#\"'{}=+,"

static const char *config_text_skip(const char *at)
{
	return at + strspn(at, CONFIG_TEXT_BLANKS);
}

/* libconfuse looks for it in the lines below, and tells of what it finds there:
 * the value that was forgotten, and the equal sign after "till" of till box. */
static void config_text_check_value(struct config_text *text)
{
	const char *at = config_text_skip(text->at + 1);
	size_t word = strcspn(at, CONFIG_TEXT_ENDS);

	if (strchr("\n#", *at)) {
		text->fault = "here is a setting without a value";
		return;
	}
	at = config_text_skip(at + word);
	if (!word || *at == '/' || !strcspn(at, CONFIG_TEXT_ENDS))
		return;
	at = config_text_skip(at + strcspn(at, CONFIG_TEXT_ENDS));
	if (!strchr("=+{\"'", *at) || !*at)
		text->fault = "text that has a blank in it is quoted";
}

static bool config_text_is_odd(char c)
{
	return ((unsigned char)c < ' ' && !strchr("\t\r\n", c)) || c == 0x7f;
}

static void config_text_take(struct config_text *text)
{
	char c = *text->at;

	if (c == '\n')
		text->line++;
	else if (c == '#')
		config_text_blank_comment(text);
	else if (c == '"' || c == '\'')
		config_text_take_quoted(text);
	else if (c == '{' || c == '}')
		config_text_take_brace(text);
	else if (c == '+' && text->at[1] == '=')
		text->fault = "a setting is set once, by =";
	else if (c == '=')
		config_text_check_value(text);
	else if (c == '/' && (text->at[1] == '/' || text->at[1] == '*'))
		text->fault = "a comment begins with #, and text that has a "
			      "slash in it is quoted";
	else if (config_text_is_odd(c))
		text->fault = "here is a control character";
}

bool config_text_prepare(char *text, struct config_text_fault *out_fault)
{
	struct config_text state = { .at = text, .line = 1 };

	for (; *state.at && !state.fault; state.at++)
		config_text_take(&state);
	if (!state.fault && state.depth) {
		state.fault = "here begins a section that no brace closes";
		state.line = state.opened;
	}
	if (!state.fault)
		return true;
	*out_fault = (struct config_text_fault){ state.line, state.fault };
	return false;
}
