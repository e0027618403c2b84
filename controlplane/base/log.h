/*
 * log.h -- what the program says to its operator: one structured line an event, on standard
 * error.
 *
 *     2026-11-23T02:39:30.123456Z info  request id=5f3a method=GET path=/healthz status=200
 *
 * A line is a moment, a level, an event name and `key=value` pairs; a value with a space, a quote
 * or a control character is quoted as JSON text.  Lines of threads do not mix.  Secrets never
 * come here.
 */
#ifndef WEFT_BASE_LOG_H
#define WEFT_BASE_LOG_H

#include <stdbool.h>

#include "base/compiler.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* One of the program's two globals (the other is the stop flag). */
void log_set_level(enum log_level level);
bool log_level_from_name(const char *name, enum log_level *ret_level);
bool log_is_on(enum log_level level);

/*
 * log_event -- the pairs come as text arguments, key, value, key, value, up to NULL; a NULL value
 * is left out.
 *
 *     LOG(WARN, "plugin died", "plugin", name, "error", e.message);
 */
#define LOG(level, ...) log_event(LOG_LEVEL_##level, __VA_ARGS__, (const char *)NULL)
void log_event(enum log_level level, const char *event, ...) __attribute__((sentinel));

#endif
