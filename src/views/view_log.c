/* The log: what happened, at which step, in which stack; the newest at the bottom. */
#include "screen/layout.h"
#include "screen/text.h"
#include "views/navigate.h"
#include "views/search.h"
#include "views/view.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    BULLET_COLS = 2,
    BESIDE_PAGE = 5 /* rows of the body that a page is shorter by */
};

/* Which events are in view: those from `first` up to one before `past`, in so many rows. */
struct window {
    int first, past, rows;
};

/* The steps are as wide as the widest of them. */
static struct layout_log layout_of(const struct scene *scene, struct rect area)
{
    int64_t most = 0;
    for (int i = 0; scene->data.events && i < scene->data.events->count; i++)
        most = scene->data.events->event[i].step > most ? scene->data.events->event[i].step : most;
    return layout_log(area, text_digits(most));
}

/* How many rows the text of an event takes. */
static int rows_of(const struct scene *scene, const struct event *event, int columns)
{
    return text_rows(scene_event_text(scene, event), columns);
}

/* As many as fit, the last of them one before `past`; at least one. */
static struct window window_up(const struct scene *scene, struct rect what, int past)
{
    struct window window = {past, past, 0};
    while (window.first > 0) {
        const struct event *event = &scene->data.events->event[window.first - 1];
        int rows = rows_of(scene, event, what.cols - BULLET_COLS);
        if (window.rows > 0 && window.rows + rows > what.rows)
            break;
        window.rows += rows;
        window.first--;
    }
    return window;
}

/* How many of the newest can be below the view while the oldest is at its top. */
static int scroll_max(const struct scene *scene, struct rect area)
{
    const struct rect what = layout_of(scene, area).what;
    int count = scene_events(scene), fit = 0, rows = 0;
    while (fit < count) {
        rows += rows_of(scene, &scene->data.events->event[fit], what.cols - BULLET_COLS);
        if (fit > 0 && rows > what.rows)
            break;
        fit++;
    }
    return count - fit;
}

static void draw_event(struct canvas *canvas, const struct layout_log *layout, int row,
                       const struct scene *scene, const struct event *event)
{
    static const enum role tones[] = {[TONE_PLAIN] = ROLE_MARK,
                                      [TONE_GOOD] = ROLE_GOOD,
                                      [TONE_WARN] = ROLE_WARN,
                                      [TONE_BAD] = ROLE_BAD};
    static const enum role words[] = {
        [RANK_DETAIL] = ROLE_DIM, [RANK_CHANGE] = ROLE_TEXT, [RANK_STORY] = ROLE_TITLE};
    const bool shown = scene->look.cursor > 0 && event->step == scene_step(scene);
    const struct event_row *kind = &event_table[event->kind];
    char title[TEXT_TITLE];
    scene_event_title(scene, event, title);
    canvas_print_right(canvas, layout->step, row, layout->step.cols, shown ? ROLE_WARN : ROLE_DIM,
                       "%" PRId64, event->step);
    canvas_text(canvas, layout->stack, row, 0,
                event->side < 0 ? ROLE_DIM : scene_accent[event->side], title);
    canvas_text(canvas, layout->what, row, 0, tones[kind->tone], scene->terminal.ascii ? "*" : "●");
    const char *text = scene_event_text(scene, event), *sought = scene->look.log.search.text;
    search_mark(canvas, layout->stack, row, 0, title, sought);
    while (*text) {
        char line[EVENT_TEXT];
        const char *from = text;
        int length = (int)text_line(&text, layout->what.cols - BULLET_COLS);
        snprintf(line, sizeof line, "%.*s", length, from);
        canvas_text(canvas, layout->what, row, BULLET_COLS, words[kind->rank], line);
        search_mark(canvas, layout->what, row++, BULLET_COLS, line, sought);
    }
}

/* ---- searching ---- */

static bool is_match(const struct scene *scene, int event)
{
    char title[TEXT_TITLE];
    const char *words = scene->look.log.search.text;
    scene_event_title(scene, &scene->data.events->event[event], title);
    return search_in(title, words) ||
           search_in(scene_event_text(scene, &scene->data.events->event[event]), words);
}

/* How many events have what is searched for, and which of them, from 1 for the newest on, is the
 * one that was found; 0: none is. */
static int count_matches(const struct scene *scene, int *which)
{
    int count = 0;
    *which = 0;
    for (int i = scene_events(scene) - 1; i >= 0; i--)
        if (is_match(scene, i)) {
            count++;
            if (i == scene->look.log.search.at)
                *which = count;
        }
    return count;
}

/* What is listed, and at the right end what is not in view. */
static void draw_title(struct canvas *canvas, struct rect area, const struct scene *scene,
                       const struct window *window)
{
    const char *words = scene->look.log.search.text;
    int count = scene_events(scene), all = scene->data.events ? scene->data.events->count : 0;
    int end, which;
    if (*words) {
        int matches = count_matches(scene, &which);
        canvas_print(canvas, area, 0, 0, ROLE_WARN, "/%s: %d of %d, the newest first: n N, Escape",
                     words, which, matches);
        return;
    }
    end = canvas_print_right(canvas, area, 0, area.cols, ROLE_DIM, "%d event%s", count,
                             count == 1 ? "" : "s");
    if (all > count)
        end = canvas_print_right(canvas, area, 0, end - 2, ROLE_WARN, "%d later", all - count);
    if (window->past < count)
        end = canvas_print_right(canvas, area, 0, end - 2, ROLE_WARN, "%d below",
                                 count - window->past);
    if (window->first > 0)
        end = canvas_print_right(canvas, area, 0, end - 2, ROLE_WARN, "%d above", window->first);
    else if (scene->data.events && scene->data.events->lost > 0)
        end = canvas_print_right(canvas, area, 0, end - 2, ROLE_WARN,
                                 "up to step %" PRId64 " some gone", scene->data.events->lost);
    char title[2][96];
    snprintf(title[0], sizeof title[0],
             "what happened up to step %" PRId64 "; the thresholds are in the help",
             scene_step(scene));
    snprintf(title[1], sizeof title[1], "what happened up to step %" PRId64, scene_step(scene));
    canvas_fit(canvas, area, 0, end - 2, ROLE_TITLE,
               (const char *const[]){title[0], title[1], "what happened", "events", NULL});
}

/* In place of the list. */
static void draw_nothing(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    const char *const later[] = {"nothing had happened by this step", "nothing by this step", NULL};
    const char *const yet[] = {
        "nothing has happened yet: a gradient that vanishes, a loss that learns, a changed setting",
        "nothing has happened yet: what does is listed here", "nothing has happened yet", NULL};
    const char *const gone[] = {
        "what happened by this step is no longer known: the list was full and the oldest went",
        "what happened by this step is no longer known", "no longer known", NULL};
    const bool known = !scene->data.events || scene->data.events->lost < scene_step(scene);
    canvas_fit(canvas, area, 0, area.cols, ROLE_DIM,
               scene->look.cursor == 0 ? yet
               : known                 ? later
                                       : gone);
}

static void draw(struct canvas *canvas, struct rect area, const struct scene *scene)
{
    const struct layout_log layout = layout_of(scene, area);
    const int count = scene_events(scene), most = scroll_max(scene, area);
    const int scroll = scene->look.log.scroll < most ? scene->look.log.scroll : most;
    const struct window window = window_up(scene, layout.what, count - scroll);
    draw_title(canvas, layout.title, scene, &window);
    if (count == 0) {
        struct rect list = {layout.what.row, layout.title.col, layout.what.rows, layout.title.cols};
        draw_nothing(canvas, list, scene);
        return;
    }
    if (layout.head.rows > 0) {
        canvas_text(canvas, layout.head, 0, layout.step.cols - 4, ROLE_DIM, "step");
        canvas_text(canvas, layout.head, 0, layout.stack.col - layout.head.col, ROLE_DIM, "stack");
        canvas_text(canvas, layout.head, 0, layout.what.col - layout.head.col + BULLET_COLS,
                    ROLE_DIM, "what happened");
    }
    for (int i = window.first, row = 0; i < window.past; i++) {
        draw_event(canvas, &layout, row, scene, &scene->data.events->event[i]);
        row += rows_of(scene, &scene->data.events->event[i], layout.what.cols - BULLET_COLS);
    }
}

static void scroll(struct scene *scene, int up, struct rect area, struct answer *answer)
{
    const int most = scroll_max(scene, area);
    int *now = &scene->look.log.scroll;
    (void)answer;
    *now = scene_clamp(scene_clamp(*now, most) + up, most);
}

static void page(struct scene *scene, int up, struct rect area, struct answer *answer)
{
    scroll(scene, up * (area.rows > BESIDE_PAGE ? area.rows - BESIDE_PAGE : 1), area, answer);
}

/* To the step of the next event, or of the one before the step shown. */
static void go_to_event(struct scene *scene, int direction, struct rect area, struct answer *answer)
{
    int64_t now = scene_step(scene);
    int to = scene_events(scene);
    (void)area;
    if (direction < 0)
        to--;
    while (direction < 0 && to >= 0 && scene->data.events->event[to].step >= now)
        to--;
    if (direction < 0 && to < 0)
        answer_say(answer, "there is no event before this step");
    else if (direction > 0 && scene->look.cursor == 0)
        answer_say(answer, "this is the newest step, live");
    else if (direction > 0 && (!scene->data.events || to >= scene->data.events->count))
        scene->look.cursor = 0;
    else
        navigate_to_step(scene, scene->data.events->event[to].step);
    scene->look.log.scroll = 0;
}

/* To the next match among older events, or to the one before among newer ones; from the last one on
 * to the first again. With 0 to the newest. */
static void search(struct scene *scene, int older, struct rect area, struct answer *answer)
{
    struct log_look *look = &scene->look.log;
    const int count = scene_events(scene), by = older < 0 ? 1 : -1;
    int at = older == 0 || look->search.at >= count ? count : look->search.at, tries = 0;
    do {
        at += by;
        if (at < 0)
            at = count - 1;
        if (at >= count)
            at = 0;
    } while (++tries <= count && !is_match(scene, at));
    if (tries > count) {
        answer_say(answer, "'%s' is not in the log", look->search.text);
        look->search.text[0] = '\0';
        return;
    }
    look->search.at = at;
    look->scroll = scene_clamp(count - 1 - at - area.rows / 3, scroll_max(scene, area));
}

static void restart(struct scene *scene)
{
    scene->look.log = (struct log_look){.scroll = 0};
}

/* ---- the row ---- */

static const enum action keys[] = {
    ACTION_PAUSE,  ACTION_SCROLL_UP, ACTION_RIGHT,     ACTION_BACK,   ACTION_FORWARD,
    ACTION_SEARCH, ACTION_RESTART,   ACTION_NEXT_VIEW, ACTION_EXPORT, ACTIONS};

static const char *const notes[][2] = {
    {"step", "the first step that showed it, or that a change acts on"},
    {"Left Right", "show the moment of the event before, or of the next one, in all views; what "
                   "happened after the moment shown is not listed"},
    {"/", "the newest event with these words in its text or its stack; n: an older one, N: a newer "
          "one; Escape ends the search, and n and N are as before"},
    {NULL, NULL},
};

const struct view_row view_log = {
    .key = '8',
    .summary = "what happened, at which step, in which layer",
    .draw = draw,
    .act = {[ACT_SCROLL] = scroll,
            [ACT_PAGE] = page,
            [ACT_SIDEWAYS] = go_to_event,
            [ACT_SEARCH] = search},
    .scroll_max = scroll_max,
    .restart = restart,
    .up = "scroll",
    .right = "event",
    .keys = keys,
    .notes = notes,
};
