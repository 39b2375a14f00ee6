/* The list of events, and the sentences in it: what those that recognise events add to it. */
#ifndef LNSCOPE_SESSION_EVENT_LIST_H
#define LNSCOPE_SESSION_EVENT_LIST_H

#include "session/events.h"

/* What is special in one event. */
struct event_facts {
    int layer; /* -1: none */
    int last;
    double value, from;
    int64_t count;
    const char *text;
};

/* Adds an event at its place, with the sentence of its kind; when the list is full one goes. */
void events_add(struct events *events, int64_t step, int side, enum event_kind kind,
                const struct event_facts *facts);

/* A number as sentences have it: "0.1", "1e-3", "14.1", "1e3". */
void event_write_number(char *out, size_t size, double value);

#endif
