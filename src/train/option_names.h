/* The options of the command line that are no settings, by name: what they do is told by
 * cli/options.h; whoever takes one for a setting is told what it is. */
#ifndef LNSCOPE_TRAIN_OPTION_NAMES_H
#define LNSCOPE_TRAIN_OPTION_NAMES_H

#define OPTION_LIST(OPTION)                                                                        \
    OPTION(FORMAT, "format")                                                                       \
    OPTION(EVERY, "every")                                                                         \
    OPTION(OUTPUT, "output")                                                                       \
    OPTION(FORCE, "force")                                                                         \
    OPTION(RECORD, "record")                                                                       \
    OPTION(LOAD, "load")                                                                           \
    OPTION(SHARE, "share")                                                                         \
    OPTION(NO_CONFIG, "no-config")                                                                 \
    OPTION(PRINT_CONFIG, "print-config")                                                           \
    OPTION(COMPLETIONS, "completions")                                                             \
    OPTION(DUMP, "dump")                                                                           \
    OPTION(DUMP_STEP, "dump-step")                                                                 \
    OPTION(EXPORT, "export")                                                                       \
    OPTION(SIZE, "size")                                                                           \
    OPTION(AT, "at")                                                                               \
    OPTION(SCALE, "scale")                                                                         \
    OPTION(LOOP, "loop")                                                                           \
    OPTION(CAST_VERSION, "cast-version")                                                           \
    OPTION(CAPTIONS, "captions")                                                                   \
    OPTION(HANDOUT, "handout")                                                                     \
    OPTION(PRINT_MEMORY, "print-memory")                                                           \
    OPTION(PLACEMENT, "placement")                                                                 \
    OPTION(SUBLAYER, "sublayer")                                                                   \
    OPTION(INPUT, "input")                                                                         \
    OPTION(QUICK, "quick")                                                                         \
    OPTION(SEEDS, "seeds")                                                                         \
    OPTION(GRID, "grid")                                                                           \
    OPTION(STACKS, "stacks")                                                                       \
    OPTION(RESUME, "resume")                                                                       \
    OPTION(PART, "part")                                                                           \
    OPTION(MERGE, "merge")                                                                         \
    OPTION(FIGURE, "figure")                                                                       \
    OPTION(MAP, "map")                                                                             \
    OPTION(TEE, "tee")                                                                             \
    OPTION(HELP, "help")                                                                           \
    OPTION(VERSION, "version")

#define OPTION_ID(id, name) OPTION_##id,
enum option { OPTION_LIST(OPTION_ID) OPTIONS };
#undef OPTION_ID

extern const char *const option_names[OPTIONS];

#endif
