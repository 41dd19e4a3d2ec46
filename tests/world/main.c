/* SPDX-License-Identifier: Apache-2.0 */
#include "campaign.h"
#include "planted.h"
#include "tap.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static void main_print_usage(FILE *out)
{
	fputs("Usage: world [-s FIRST] [-n SEEDS] [-j JOBS] [-p FAULT] [-c]\n"
	      "       world -t SEED          tell the story of a seed\n"
	      "       world -r SEED          shrink it to the shortest\n"
	      "       world -f FILE          tell the story in a file\n"
	      "\n"
	      "  -s, --first N    the first seed (1)\n"
	      "  -n, --seeds N    how many (1)\n"
	      "  -j, --jobs N     at a time (1)\n"
	      "  -p, --plant NAME put a fault into the daemon; it has to be\n"
	      "                   caught. \"all\": each of them, in turn\n"
	      "  -c, --calm       nothing goes wrong\n"
	      "  -m, --matrix     an empty cell is a failure\n",
	      out);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "first", required_argument, NULL, 's' },
		{ "seeds", required_argument, NULL, 'n' },
		{ "jobs", required_argument, NULL, 'j' },
		{ "plant", required_argument, NULL, 'p' },
		{ "tell", required_argument, NULL, 't' },
		{ "shrink", required_argument, NULL, 'r' },
		{ "file", required_argument, NULL, 'f' },
		{ "calm", no_argument, NULL, 'c' },
		{ "matrix", no_argument, NULL, 'm' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct campaign campaign = { .first = 1, .seeds = 1, .jobs = 1 };
	int option;

	if (argc == 1 && getenv("TILLD_TAP"))
		return tap_run();
	while ((option = getopt_long(argc, argv, "s:n:j:p:t:r:f:cmh", options,
				     NULL)) != -1) {
		switch (option) {
		case 's':
			campaign.first = strtoull(optarg, NULL, 10);
			break;
		case 'n':
			campaign.seeds = strtoull(optarg, NULL, 10);
			break;
		case 'j':
			campaign.jobs = (unsigned int)atoi(optarg);
			break;
		case 'p':
			campaign.plant = optarg;
			break;
		case 't':
			campaign.first = strtoull(optarg, NULL, 10);
			campaign.tells = true;
			break;
		case 'r':
			campaign.first = strtoull(optarg, NULL, 10);
			campaign.shrinks = true;
			break;
		case 'f':
			campaign.file = optarg;
			break;
		case 'c':
			campaign.calm = true;
			break;
		case 'm':
			campaign.whole_matrix = true;
			break;
		case 'h':
			main_print_usage(stdout);
			return 0;
		default:
			main_print_usage(stderr);
			return 64;
		}
	}
	return campaign_run(&campaign);
}
