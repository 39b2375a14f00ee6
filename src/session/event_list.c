/* See event_list.h, and events.h. */
#include "session/event_list.h"

#include "base/names.h"
#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- words ---- */

void event_write_number(char *out, size_t size, double value)
{
    double power = value > 0 ? floor(log10(value) + 1e-9) : 0, mantissa = value / pow(10, power);
    if (power >= -2 && power < 3)
        snprintf(out, size, "%.3g", value);
    else
        snprintf(out, size, "%.2ge%.0f", mantissa, power);
}

/* The value of a placeholder, whose name has this length; of a help there are no facts. */
static void write_value(char *out, size_t size, const char *name, size_t length,
                        const struct event_row *row, const struct event_facts *facts)
{
    const struct {
        const char *name;
        double value;
    } numbers[] = {
        {"limit", row->limit},
        {"again", row->again},
        {"steps", row->steps},
        {"layer", facts ? facts->layer : (double)NAN},
        {"last", facts ? facts->last : (double)NAN},
        {"value", facts ? facts->value : (double)NAN},
        {"from", facts ? facts->from : (double)NAN},
        {"count", facts ? (double)facts->count : (double)NAN},
    };
    bool percent = name[length - 1] == '%';
    length -= percent;
    out[0] = '\0';
    if (facts && length == 4 && strncmp(name, "text", length) == 0)
        snprintf(out, size, "%s", facts->text);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (strlen(numbers[i].name) != length || strncmp(name, numbers[i].name, length) != 0)
            continue;
        if (percent)
            snprintf(out, size, "%.3g %%", 100 * numbers[i].value);
        else
            event_write_number(out, size, numbers[i].value);
    }
}

/* Copies the sentence with its placeholders filled in. */
static void write_sentence(char *out, size_t size, const char *sentence,
                           const struct event_row *row, const struct event_facts *facts)
{
    size_t used = 0;
    while (*sentence && used + 1 < size) {
        if (*sentence != '{') {
            out[used++] = *sentence++;
            continue;
        }
        size_t length = strcspn(sentence, "}");
        write_value(out + used, size - used, sentence + 1, length - 1, row, facts);
        used += strlen(out + used);
        sentence += length + 1;
    }
    out[used] = '\0';
}

void event_help(enum event_kind kind, char out[EVENT_HELP])
{
    const struct event_row *row = &event_table[kind];
    write_sentence(out, EVENT_HELP, row->help, row, NULL);
}

bool event_text_tells(const char *text)
{
    return strstr(text, stack_names[LEFT]) || strstr(text, stack_names[RIGHT]) ||
           strstr(text, "preset") || strchr(text, '/'); /* a setting in which the stacks differ */
}

bool event_tells(const struct event *event)
{
    return event->kind == EVENT_SWITCH || event_text_tells(event->text);
}

/* ---- the list ---- */

/* What happens again and again must not push out what was done, nor the end of a stack. */
static bool may_go(const struct event *event)
{
    return event->kind < EVENT_CHANGE && event->kind != EVENT_DIVERGED;
}

/* The oldest of the details, then of all that may go, then of all. */
static void make_room(struct events *events)
{
    int i = 0, detail = 0;
    while (i < events->count && !may_go(&events->event[i]))
        i++;
    while (detail < events->count && event_table[events->event[detail].kind].rank != RANK_DETAIL)
        detail++;
    if (detail < events->count)
        i = detail;
    if (i == events->count)
        i = 0;
    if (events->event[i].step > events->lost)
        events->lost = events->event[i].step;
    events->count--;
    memmove(events->event + i, events->event + i + 1,
            (size_t)(events->count - i) * sizeof events->event[0]);
}

/* Does an event that is there come after a new one? In its step the more important ones, which the
 * eye that comes from the newest end meets first. */
static bool goes_behind(const struct event *event, int64_t step, enum event_rank rank)
{
    return event->step > step || (event->step == step && event_table[event->kind].rank > rank);
}

void events_add(struct events *events, int64_t step, int side, enum event_kind kind,
                const struct event_facts *facts)
{
    const struct event_row *row = &event_table[kind];
    char text[EVENT_TEXT], shown[EVENT_TEXT + 5];
    if (events->count == EVENTS_MAX)
        make_room(events);
    int at = events->count++;
    events->total++;
    for (; at > 0 && goes_behind(&events->event[at - 1], step, row->rank); at--)
        events->event[at] = events->event[at - 1];
    struct event *event = &events->event[at];
    *event = (struct event){
        .number = events->total, .step = step, .side = side, .layer = facts->layer, .kind = kind};
    write_sentence(text, sizeof text, row->sentence, row, facts);
    utf8_trim(text);
    names_printable(shown, sizeof shown, text);
    memcpy(event->text, shown, strlen(shown) + 1); /* which is no longer than `text` */
}

void events_note(struct events *events, int64_t step, int side, enum event_kind kind,
                 const char *text)
{
    events_add(events, step, side, kind, &(struct event_facts){.layer = -1, .text = text});
}

void events_forget(struct events *events, int64_t step, enum event_kind kind)
{
    int kept = 0;
    for (int i = 0; i < events->count; i++)
        if (events->event[i].step != step || events->event[i].kind != kind)
            events->event[kept++] = events->event[i];
    events->count = kept;
}

const struct event *events_headline(const struct events *events, int count)
{
    for (int i = count - 1; i >= 0; i--)
        if (event_table[events->event[i].kind].rank > RANK_DETAIL)
            return &events->event[i];
    return count > 0 ? &events->event[count - 1] : NULL;
}
