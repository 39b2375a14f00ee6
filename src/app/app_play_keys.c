/* The keys of who plays a script: on, back, votes, and the keyboard handed over and given back. See
 * app_state.h. */
#include "app/app_play.h"

/* The keys of presenters turn pages. */
static int turned(int code)
{
    return code == KEY_CODE_PAGE_DOWN ? KEY_CODE_RIGHT
           : code == KEY_CODE_PAGE_UP ? KEY_CODE_LEFT
                                      : code;
}

/* While the keyboard is the lecturer's, one key alone is the script's. */
static bool give_back(struct app *app, int code)
{
    struct app_play *play = app->play;
    if (key_action(code) != ACTION_PLAY || app->scene.look.help.open)
        return false;
    player_resume(&play->player);
    app->urgent = app->changed = true;
    return true;
}

/* The script is over: Left goes back into it, and what else there is is for the program. */
static bool key_at_the_end(struct app *app, int code)
{
    struct app_play *play = app->play;
    if (code == KEY_CODE_LEFT) {
        play->over = false;
        return player_key(&play->player, code);
    }
    if (code == KEY_CODE_SPACE || code == KEY_CODE_RIGHT) {
        app_say(app, ROLE_TEXT, "the script is over: Left goes back, Escape leaves it");
        return true;
    }
    if (key_action(code) == ACTION_QUIT || key_action(code) == ACTION_REDRAW)
        return false;
    app_play_close(app);
    app->changed = true;
    return code == KEY_CODE_ESCAPE;
}

static bool is_for_the_program(const struct app *app, int code)
{
    const int action = key_action(code);
    const bool open = app->scene.prompt || app->scene.look.help.open || app->choose.open;
    return open || app->pasting || code == KEY_CODE_RESIZE || action == ACTION_QUIT ||
           action == ACTION_REDRAW || action == ACTION_HELP;
}

bool app_play_key(struct app *app, int code)
{
    struct app_play *play = app->play;
    if (!play || play->script->recording || code == KEY_CODE_RESIZE)
        return false;
    if (play->player.phase == PLAYER_HOLDING && !app->scene.prompt)
        return give_back(app, code);
    if (play->player.phase == PLAYER_HOLDING || is_for_the_program(app, code))
        return false;
    code = turned(code);
    if (play->over)
        return key_at_the_end(app, code);
    app->urgent = app->changed = true;
    if (code == KEY_CODE_ESCAPE) {
        play->taking = true;
        trainer_pause(app->trainer);
    } else if (player_key(&play->player, code)) {
        if (code >= '1' && code <= '9')
            app_play_ask(app);
    } else if (code != KEY_CODE_MOUSE) {
        app_say(app, ROLE_TEXT, "the script has the keyboard: Escape takes it, Space goes on");
    }
    return true;
}
