# lnscope: make run | check | bench | install; see README.md.
#
#   CC=clang                               another compiler
#   SANITIZER=address|undefined|thread     an instrumented build, in build/SANITIZER
#   REAL=double                            the core in double precision, in build/double
#   PREFIX=/usr/local DESTDIR=             where `make install` puts things

PREFIX  ?= /usr/local
DESTDIR ?=
VERSION  = 0.1.0

VARIANT := $(if $(SANITIZER),$(SANITIZER),$(if $(filter double,$(REAL)),double))
ifneq ($(filter-out address undefined thread,$(SANITIZER)),)
$(error SANITIZER=$(SANITIZER): one of address, undefined, thread)
endif
ifneq ($(filter-out single double,$(REAL)),)
$(error REAL=$(REAL): one of single, double)
endif
BUILD   := build$(if $(VARIANT),/$(VARIANT))$(if $(filter clang%,$(CC)),/clang)
PROGRAM := $(BUILD)/lnscope
LIBRARY := $(BUILD)/liblnscope.a

PKG_CONFIG ?= pkg-config
pkg_cflags = $(shell $(PKG_CONFIG) --cflags $(1) 2>/dev/null)
pkg_libs   = $(shell $(PKG_CONFIG) --libs $(1) 2>/dev/null || echo $(2))

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
ifdef STRICT
WARNINGS += -Werror
endif
CFLAGS   ?= -O2 -g
ALL_CFLAGS := -std=c11 -D_POSIX_C_SOURCE=200809L -Isrc -DLNSCOPE_VERSION='"$(VERSION)"' \
    -pthread -fopenmp-simd $(WARNINGS) $(call pkg_cflags,ncursesw openblas) $(CFLAGS)
ifeq ($(REAL),double)
ALL_CFLAGS += -DLNSCOPE_REAL_DOUBLE
endif
ifdef SANITIZER
ALL_CFLAGS += -fsanitize=$(SANITIZER) -fno-omit-frame-pointer -fno-sanitize-recover=all
endif
LIBS := $(call pkg_libs,ncursesw,-lncursesw) $(call pkg_libs,openblas,-lopenblas) -lm -pthread

SOURCES := $(sort $(wildcard src/*/*.c))
ASSETS  := $(sort $(wildcard assets/*.txt))
OBJECTS := $(SOURCES:src/%.c=$(BUILD)/%.o) $(ASSETS:assets/%.txt=$(BUILD)/assets/%.o)
TESTS   := $(patsubst tests/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/unit/*.c tests/screens/test_*.c \
    tests/reference/test_*.c tests/end_to_end/test_*.c)))
# What several tests share; it is linked into each of them.
TEST_SUPPORT := $(patsubst tests/%.c,$(BUILD)/tests/%.o,$(sort $(wildcard tests/support/*.c)))

.PHONY: all run check bench install uninstall clean deps deps-check tests
.DEFAULT_GOAL := all
.SECONDARY:
.DELETE_ON_ERROR:

all: $(PROGRAM)

$(PROGRAM): $(BUILD)/main.o $(LIBRARY)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(LIBRARY): $(OBJECTS)
	rm -f $@
	$(AR) rcs $@ $^

# Numbers that must be the same on every machine are computed without fused operations; the
# vectorised kernels want them.
$(BUILD)/core/rng.o: ALL_CFLAGS += -ffp-contract=off

$(BUILD)/%.o: src/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# A text asset becomes a string constant: assets/grammar.txt is `asset_grammar`.
$(BUILD)/assets/%.c: assets/%.txt
	@mkdir -p $(@D)
	{ echo 'extern const char asset_$*[];'; echo 'const char asset_$*[] ='; \
	  sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$$/\\n"/' $<; echo ';'; } > $@
$(BUILD)/assets/%.o: $(BUILD)/assets/%.c $(BUILD)/flags
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

# Other flags build everything anew.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(ALL_CFLAGS) $(LIBS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS) $(LIBS)' > $@
.PHONY: FORCE
FORCE:

-include $(OBJECTS:.o=.d) $(BUILD)/main.d $(addsuffix .d,$(TESTS)) $(TEST_SUPPORT:.o=.d)

TEST_LIBS = $(call pkg_libs,cmocka,-lcmocka)

$(BUILD)/tests/%.o: tests/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Itests -MMD -MP -c -o $@ $<
$(BUILD)/tests/%: tests/%.c $(TEST_SUPPORT) $(LIBRARY) $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Itests -MMD -MP -MF $@.d -o $@ $< $(TEST_SUPPORT) $(LIBRARY) $(LIBS) $(TEST_LIBS)

tests: $(TESTS)

clean:
	rm -rf build
