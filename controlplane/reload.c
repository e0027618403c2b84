/*
 * reload.c -- one step for each thing that can be taken up anew.  All other settings are read when
 * the server starts, and nothing is said of them here.
 */
#include "reload.h"

#include <stdio.h>

#include "base/log.h"

#include "policy_folder.h"

static bool
keep(const char *what, const struct err *e)
{
	LOG(ERROR, "not reloaded", "what", what, "error", e->message);
	return false;
}

static bool
take_level(const struct reload *r, const struct config *fresh)
{
	enum log_level level;
	struct err e;
	(void)r;
	if (!log_level_from_name(fresh->log_level, &level)) {
		ERR(&e, USAGE, "expected error, warn, info or debug, found '%s'", fresh->log_level);
		return keep("log_level", &e);
	}
	log_set_level(level);
	return true;
}

static bool
take_certificate(const struct reload *r, const struct config *fresh)
{
	char until[CLOCK_TEXT_SIZE];
	bool is_new;
	struct err e;
	if (!*fresh->tls_cert)
		return true;
	if (http_reload_certificate(r->http, fresh->tls_cert, fresh->tls_key, &is_new, &e) !=
	    ERR_OK)
		return keep("certificate", &e);
	clock_format(http_certificate_expires(r->http), until);
	if (is_new)
		LOG(INFO, "certificate replaced", "good_until", until);
	return true;
}

static bool
take_policies(const struct reload *r, const struct config *fresh)
{
	struct policy_folder_report report;
	char defined[24], unchanged[24];
	struct err e;
	if (!*fresh->policies)
		return true;
	enum err_code code =
	    policy_folder_define(r->services->governance, fresh->policies, &report, &e);
	snprintf(defined, sizeof defined, "%zu", report.defined);
	snprintf(unchanged, sizeof unchanged, "%zu", report.unchanged);
	LOG(INFO, "policies read", "defined", defined, "unchanged", unchanged);
	return code == ERR_OK || keep("policies", &e);
}

static bool (*const steps[])(const struct reload *r, const struct config *fresh) = {
    take_level,
    take_certificate,
    take_policies,
};

bool
reload_all(const struct reload *r)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct config fresh;
	struct err e;
	bool good = true;
	if (config_load(r->argc, r->argv, &arena, &fresh, &e) != ERR_OK)
		return keep("settings", &e);
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		good = steps[i](r, &fresh) && good;
	if (good)
		LOG(INFO, "reloaded");
	return good;
}

void
reload_measure(const struct reload *r, bool good)
{
	struct metrics *m = r->services->metrics;
	const moment expires = http_certificate_expires(r->http);
	metric_set(metric_new(m, METRIC_GAUGE, "weft_config_last_reload_successful", "",
			      "Was everything taken up when the settings were last read?"),
		   good);
	if (good)
		metric_set(metric_new(m, METRIC_GAUGE,
				      "weft_config_last_reload_success_timestamp_seconds", "",
				      "When the settings were last taken up without a complaint"),
			   clock_now(NULL) / SECONDS(1));
	if (expires)
		metric_set(metric_new(m, METRIC_GAUGE,
				      "weft_tls_certificate_expiry_timestamp_seconds", "",
				      "Until when the certificate in use is good"),
			   expires / SECONDS(1));
}
