# lnscope: make run | check | bench | install; see README.md.
#
#   CC=clang                               another compiler
#   SANITIZER=address|undefined|thread     an instrumented build, in build/SANITIZER; address takes
#                                          undefined along
#   REAL=double                            the core in double precision, in build/double
#   WITHOUT=libcjson                       a build without these optional libraries
#   STRICT=1                               warnings are errors, as for .ci/run
#   HARDENING=no                           without stack protector, FORTIFY, RELRO and PIE
#   CFLAGS= CPPFLAGS= LDFLAGS=             flags of one's own, as everywhere
#   PREFIX=/usr/local DESTDIR=             where `make install` puts things
#   make check-arm64                       the unit tests as those of an arm64 machine
#   make dist, make deb                    the tarball of a version, a Debian package; in build

PREFIX  ?= /usr/local
DESTDIR ?=
VERSION  = 0.1.0

VARIANT := $(or $(SANITIZER),$(if $(filter double,$(REAL)),double),$(if $(WITHOUT),without))
ifneq ($(filter-out address undefined thread,$(SANITIZER)),)
$(error SANITIZER=$(SANITIZER): one of address, undefined, thread)
endif
ifneq ($(filter-out single double,$(REAL)),)
$(error REAL=$(REAL): one of single, double)
endif
BUILD   ?= build$(if $(VARIANT),/$(VARIANT))$(if $(filter clang%,$(CC)),/clang)
PROGRAM := $(BUILD)/lnscope
LIBRARY := $(BUILD)/liblnscope.a

PKG_CONFIG ?= pkg-config
pkg_cflags = $(shell $(PKG_CONFIG) --cflags $(1) 2>/dev/null)
pkg_libs   = $(shell $(PKG_CONFIG) --libs $(1) 2>/dev/null || echo $(2))

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
# What a sanitizer adds keeps the compiler from seeing how long a text is, and it warns without reason.
STRICT_FLAGS := $(if $(STRICT),$(if $(SANITIZER),,-Werror))
CFLAGS   ?= -O2 -g
MACHINE  := $(shell $(CC) -dumpmachine 2>/dev/null)

# What makes a fault in memory harder to exploit. Beside a sanitizer, which watches the same places,
# and without optimisation there is no FORTIFY; flags of one's own have the last word about it.
HARDENING ?= yes
ifeq ($(HARDENING)$(SANITIZER),yes)
HARDENING_CFLAGS := -fstack-protector-strong -fPIE
ifneq ($(and $(filter -O%,$(filter-out -O0,$(CFLAGS))),$(if $(findstring _FORTIFY_SOURCE,$(CFLAGS) \
    $(CPPFLAGS)),,yes)),)
HARDENING_CFLAGS += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
endif
HARDENING_LDFLAGS := $(if $(findstring darwin,$(MACHINE)),,-pie -Wl,-z,relro -Wl,-z,now)
endif

ALL_CFLAGS := -std=c11 -D_XOPEN_SOURCE=700 -Isrc -DLNSCOPE_VERSION='"$(VERSION)"' \
    -pthread -fopenmp-simd $(WARNINGS) $(HARDENING_CFLAGS) $(CPPFLAGS) $(call pkg_cflags,openblas) \
    $(CFLAGS)
ALL_LDFLAGS = $(HARDENING_LDFLAGS) $(LDFLAGS)
ifneq ($(filter clang%,$(CC)),)
ALL_CFLAGS += -Wno-missing-field-initializers # the rest of a row is 0, as gcc takes it
endif
ifeq ($(REAL),double)
ALL_CFLAGS += -DLNSCOPE_REAL_DOUBLE
endif
ifdef SANITIZER
ALL_CFLAGS += -DLNSCOPE_SANITIZED -fsanitize=$(SANITIZER) -fno-omit-frame-pointer -fno-sanitize-recover=all
ifneq ($(SANITIZER),thread)
ALL_CFLAGS += -fsanitize=undefined,float-cast-overflow
endif
endif
NCURSES_CFLAGS := $(filter-out -D%,$(call pkg_cflags,ncursesw))
LIBS := $(call pkg_libs,ncursesw,-lncursesw) $(call pkg_libs,openblas,-lopenblas) -lm -pthread

# Libraries that the program can do without, and the macro that tells it of each that is there. Under
# some names several modules are looked up.
OPTIONAL := libcjson:HAVE_CJSON inih:HAVE_INIH cairo:HAVE_CAIRO libgif:HAVE_GIFLIB
MODULES_cairo := cairo cairo-ft fontconfig
optional_module = $(firstword $(subst :, ,$(1)))
optional_macro  = $(lastword $(subst :, ,$(1)))
optional_modules = $(or $(MODULES_$(1)),$(1))
OPTIONAL_MODULES := $(filter-out $(WITHOUT),$(foreach one,$(OPTIONAL),$(call optional_module,$(one))))
OPTIONAL_FOUND := $(foreach one,$(OPTIONAL_MODULES),$(shell \
    $(PKG_CONFIG) --exists $(call optional_modules,$(one)) 2>/dev/null && echo $(one)))
# Not every system tells pkg-config of giflib.
ifneq ($(filter libgif,$(filter-out $(OPTIONAL_FOUND),$(OPTIONAL_MODULES))),)
HASH := \#
GIFLIB_BARE := $(shell printf '%s\n' '$(HASH)include <stdio.h>' '$(HASH)include <gif_lib.h>' \
    'int main(void) { return GifErrorString(0) != NULL; }' | \
    $(CC) $(CFLAGS) -x c -o /dev/null - $(LDFLAGS) -lgif 2>/dev/null && echo libgif)
OPTIONAL_FOUND += $(GIFLIB_BARE)
endif
ALL_CFLAGS += $(foreach one,$(OPTIONAL),$(if $(filter $(call optional_module,$(one)),$(OPTIONAL_FOUND)), \
    -D$(call optional_macro,$(one)) \
    $(call pkg_cflags,$(call optional_modules,$(call optional_module,$(one))))))
LIBS += $(foreach one,$(OPTIONAL_FOUND),$(call pkg_libs,$(call optional_modules,$(one)),-lgif))

# The vectorised kernels are built once per instruction set; which build runs is decided at run time.
KERNELS := plain
# Without SSE2 a 32-bit x86 computes with excess precision: other numbers than everywhere else.
ifneq ($(filter i386% i486% i586% i686%,$(MACHINE))$(filter -m32,$(CC) $(CFLAGS)),)
ALL_CFLAGS += -msse2 -mfpmath=sse
endif
ifneq ($(if $(filter -m32,$(CC) $(CFLAGS)),,$(filter x86_64%,$(MACHINE))),)
KERNELS += avx2 avx512
ALL_CFLAGS += -DKERNELS_X86
endif
KERNELS_plain  := -DKERNELS_BYTES=16
KERNELS_avx2   := -DKERNELS_BYTES=32 -mavx2 -mfma -mprfchw
KERNELS_avx512 := -DKERNELS_BYTES=64 -mavx512f -mavx512dq -mavx512vl -mavx512bw -mfma -mprfchw \
    -mprefer-vector-width=512
KERNELS_FLAGS  := -O3 -ffp-contract=fast -fno-math-errno -fno-trapping-math
ifneq ($(filter clang%,$(CC)),)
KERNELS_FLAGS  += -Wno-pass-failed # a loop that an old instruction set cannot vectorise is no error
else
KERNELS_FLAGS  += -fno-thread-jumps # else an expression of a clamped number is vectorised three times
endif

KERNEL_SOURCES := $(sort $(wildcard src/core/kernel_*.c))
SOURCES := $(filter-out $(KERNEL_SOURCES) src/lab/lab_mpi.c,$(sort $(wildcard src/*/*.c)))
ASSETS  := $(basename $(sort $(wildcard assets/*.txt assets/*.py assets/*.jsonl)))
SCRIPTS := $(sort $(wildcard assets/lessons/*.lns)) $(sort $(wildcard assets/demos/*.lns))
OBJECTS := $(SOURCES:src/%.c=$(BUILD)/%.o) $(ASSETS:%=$(BUILD)/%.o) $(BUILD)/assets/scripts.o \
    $(foreach set,$(KERNELS),$(KERNEL_SOURCES:src/%.c=$(BUILD)/%_$(set).o))
.PHONY: all run check bench install uninstall clean deps deps-check
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DEFAULT_GOAL := all
.SECONDARY:
.DELETE_ON_ERROR:

all: $(PROGRAM)

$(PROGRAM): $(BUILD)/main.o $(LIBRARY)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(LIBRARY): $(OBJECTS) $(BUILD)/objects
	rm -f $@
	$(AR) rcs $@ $(OBJECTS)

define kernel_rule
$(BUILD)/core/kernel_%_$(1).o: src/core/kernel_%.c $(BUILD)/flags
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_CFLAGS) $$(STRICT_FLAGS) $$(KERNELS_FLAGS) $$(KERNELS_$(1)) -DKERNELS_SET=$(1) \
	    -MMD -MP -c -o $$@ $$<
endef
$(foreach set,$(KERNELS),$(eval $(call kernel_rule,$(set))))

$(BUILD)/screen/terminal.o: ALL_CFLAGS += $(NCURSES_CFLAGS)

# Numbers that must be the same on every machine are computed without fused operations.
$(BUILD)/core/rng.o $(BUILD)/core/plain.o $(BUILD)/core/plain_optimizer.o: ALL_CFLAGS += -ffp-contract=off

$(BUILD)/%.o: src/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(STRICT_FLAGS) -MMD -MP -c -o $@ $<

# A text asset becomes a string constant: assets/grammar.txt is `asset_grammar`.
quote_lines = sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$$/\\n"/'
define text_asset
	@mkdir -p $(@D)
	{ echo 'extern const char asset_$*[];'; echo 'const char asset_$*[] = ""'; \
	  $(quote_lines) $<; echo ';'; } > $@
endef
$(BUILD)/assets/%.c: assets/%.txt
	$(text_asset)
$(BUILD)/assets/%.c: assets/%.py
	$(text_asset)
$(BUILD)/assets/%.c: assets/%.jsonl
	$(text_asset)
# Scripts become a table in the order of their files, whose numbers do not belong to their names:
# assets/lessons/01-one-line.lns is the lesson `one-line`.
$(BUILD)/assets/scripts.c: $(SCRIPTS) $(BUILD)/objects
	@mkdir -p $(@D)
	{ echo '#include "script/script.h"'; echo 'const struct script_builtin script_builtins[] = {'; \
	  for file in $(SCRIPTS); do \
	      name=$$(basename $$file .lns | sed 's/^[0-9]*-//'); \
	      echo "{\"$$(basename $$(dirname $$file))\", \"$$name\","; $(quote_lines) $$file; echo '},'; \
	  done; echo '{NULL, NULL, NULL}};'; } > $@
$(BUILD)/assets/%.o: $(BUILD)/assets/%.c $(BUILD)/flags
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Other flags build everything anew; another list of files, the library.
EVERYTHING = $(CC) $(ALL_CFLAGS) $(KERNELS_FLAGS) $(ALL_LDFLAGS) $(LIBS)
$(BUILD)/flags: FORCE
	@sh -c "$$LIBRARIES" libraries see
	@mkdir -p $(@D)
	@echo '$(EVERYTHING)' | cmp -s - $@ || echo '$(EVERYTHING)' > $@
$(BUILD)/objects: FORCE
	@mkdir -p $(@D)
	@echo '$(OBJECTS) $(SCRIPTS)' | cmp -s - $@ || echo '$(OBJECTS) $(SCRIPTS)' > $@
.PHONY: FORCE
FORCE:

# ---- many machines --------------------------------------------------------------------------------
# `make mpi` builds lnscope-mpi beside the program, with Open MPI or else MPICH; MPI=mpich takes that
# one. Only what knows of MPI is compiled anew; the program itself does not link it.

MPI_FOUND = $(firstword $(foreach one,$(or $(MPI),ompi-c mpich),$(shell \
    $(PKG_CONFIG) --exists $(one) 2>/dev/null && echo $(one))))
MPI_CFLAGS = -DLNSCOPE_MPI $(patsubst -I%,-isystem %,$(filter-out -D%,$(call pkg_cflags,$(MPI_FOUND))))
MPI_OBJECTS := $(BUILD)/mpi/cli/command_lab.o $(BUILD)/mpi/lab/lab_mpi.o

.PHONY: mpi
mpi:
	@[ -n "$(MPI_FOUND)" ] || { echo "pkg-config finds neither Open MPI (ompi-c) nor MPICH (mpich);" \
	    "on Debian: apt-get install libopenmpi-dev"; exit 1; }
	@$(MAKE) --no-print-directory $(BUILD)/lnscope-mpi

$(BUILD)/lnscope-mpi: $(BUILD)/main.o $(MPI_OBJECTS) $(LIBRARY)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) $(call pkg_libs,$(MPI_FOUND))
$(BUILD)/mpi/%.o: src/%.c $(BUILD)/flags $(BUILD)/mpi/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(STRICT_FLAGS) $(MPI_CFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/mpi/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(MPI_CFLAGS)' | cmp -s - $@ || echo '$(MPI_CFLAGS)' > $@

# ---- tests --------------------------------------------------------------------------------------

TEST_FLAGS = -Itests $(filter-out -D%,$(call pkg_cflags,cmocka vterm libcjson))
TEST_LIBS = $(call pkg_libs,cmocka,-lcmocka) $(call pkg_libs,vterm,-lvterm) \
    $(call pkg_libs,libcjson,-lcjson)
TEST_SUPPORT := $(patsubst tests/%.c,$(BUILD)/tests/%.o,$(sort $(wildcard tests/support/*.c)))
test_programs = $(patsubst tests/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/$(1)/test_*.c)))
UNIT_TESTS       := $(call test_programs,unit) $(call test_programs,screens)
REFERENCE_TESTS  := $(call test_programs,reference)
END_TO_END_TESTS := $(call test_programs,end_to_end)
GRADIENT_TESTS   := $(call test_programs,gradient)
FUZZ_TESTS       := $(patsubst tests/fuzz/fuzz_%.c,$(BUILD)/tests/fuzz/replay_%,$(sort $(wildcard \
    tests/fuzz/fuzz_*.c)))

$(BUILD)/tests/%.o: tests/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(STRICT_FLAGS) $(TEST_FLAGS) -MMD -MP -c -o $@ $<
# A library that makes calls of the C library fail; glibc alone lets it, and no sanitizer.
FAULTS := $(if $(SANITIZER),,$(if $(findstring linux-gnu,$(MACHINE)),$(BUILD)/tests/faults/faults.so))
$(BUILD)/tests/faults/faults.so: tests/faults/faults.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(filter-out -fPIE,$(ALL_CFLAGS)) $(STRICT_FLAGS) -fPIC -shared -o $@ $<
# They are built with the tests, so that they can be.
BENCHES := $(BUILD)/tests/bench/bench $(BUILD)/tests/bench/bench_ui
$(BUILD)/tests/bench/bench: $(BUILD)/tests/bench/bench.o $(LIBRARY)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)
$(BUILD)/tests/%: $(BUILD)/tests/%.o $(TEST_SUPPORT) $(LIBRARY)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) $(TEST_LIBS)

-include $(wildcard $(BUILD)/*.d $(BUILD)/*/*.d $(BUILD)/tests/*/*.d $(BUILD)/mpi/*/*.d)

# The program under test is that of this build; the longest tests come first.
LONG_TESTS = test_faults test_faults_screen test_tui test_record test_command_claims test_claims \
    test_session test_load
run_tests = sh tests/run.sh $(PROGRAM) $(foreach test,$(LONG_TESTS),$(filter %/$(test),$(1))) \
    $(filter-out $(addprefix %/,$(LONG_TESTS)),$(1))

.PHONY: check-programs check-units check-numbers check-end-to-end check-text check-hook
check-programs: tests-all
	@$(call run_tests,$(UNIT_TESTS) $(FUZZ_TESTS) $(REFERENCE_TESTS) $(END_TO_END_TESTS))
check-units: all $(UNIT_TESTS) $(REFERENCE_TESTS)
	@$(call run_tests,$(UNIT_TESTS) $(REFERENCE_TESTS))
check-numbers: tests-numbers
	@$(call run_tests,$(GRADIENT_TESTS) $(REFERENCE_TESTS))
check-end-to-end: tests-end-to-end
	@$(call run_tests,$(END_TO_END_TESTS))
# What is not a program: the direction of includes, that the tests which are shell scripts leave
# nothing behind, the documents made from tables, building and installing, what the program does to
# the system, and strings that fill their array, which compilers newer than this one refuse.
check-text: all
	sh tests/includes.sh
	sh tests/includes_test.sh
	sh tests/shell_test.sh
	sh tests/documents.sh --check $(PROGRAM)
	CC="$(CC)" MAKE="$(MAKE)" SANITIZER="$(SANITIZER)" sh tests/building.sh $(PROGRAM)
	sh tests/promises.sh $(PROGRAM)
	! $(CC) $(ALL_CFLAGS) $(TEST_FLAGS) -fsyntax-only -Wc++-compat $(SOURCES) tests/*/*.c 2>&1 | \
	    grep 'too long for C++'

# README's pictures, on the kind of machine that they were made on.
.PHONY: check-pictures
check-pictures: all
	CC="$(CC)" sh tests/pictures.sh --check $(PROGRAM)

# Every writer of files while the system fails it.
.PHONY: check-files
check-files: all
	sh tests/files.sh $(PROGRAM)

# Every lesson and demo, played for seeds 1, 2, 3 (SEEDS), with what was measured; minutes, and no part
# of `make check`; and recordings as Chromium and asciinema show them.
.PHONY: check-long
check-long: all
	sh tests/rendered.sh $(PROGRAM)
	sh tests/long.sh $(PROGRAM)

# The Python module that `lnscope hook` prints, where there is a Python with PyTorch (Debian:
# python3-torch, which is not installed for this alone).
check-hook: all
	@for python in python3 /usr/bin/python3; do \
	    ! $$python -c 'import torch' 2>/dev/null || exec $$python tests/hook/test_hook.py $(PROGRAM); \
	done; echo "python3-torch is not here: the PyTorch hook was not tested"

# Everything that the tests need, so that it can be built side by side before they run.
.PHONY: tests-all tests-end-to-end tests-numbers
tests-all: all $(UNIT_TESTS) $(FUZZ_TESTS) $(REFERENCE_TESTS) $(END_TO_END_TESTS) $(FAULTS) $(BENCHES)
tests-end-to-end: all $(END_TO_END_TESTS) $(FAULTS)
tests-numbers: $(GRADIENT_TESTS) $(REFERENCE_TESTS)

QUIET_MAKE = $(MAKE) --no-print-directory
JOBS := $(shell nproc 2>/dev/null || echo 1)

check: deps-check
	$(QUIET_MAKE) -j$(JOBS) tests-all
	$(QUIET_MAKE) -j2 check-files check-others
	@echo "All checks passed."

# One after the other, while check-files mostly waits.
.PHONY: check-others
check-others: tests-all
	$(QUIET_MAKE) -j1 check-text check-pictures check-programs check-hook
	$(QUIET_MAKE) -j$(JOBS) WITHOUT="libcjson inih cairo libgif" all
	$(QUIET_MAKE) -j$(JOBS) REAL=double tests-numbers
	$(QUIET_MAKE) REAL=double check-numbers
	$(QUIET_MAKE) -j$(JOBS) SANITIZER=address tests-all
	$(QUIET_MAKE) SANITIZER=address check-programs
	$(QUIET_MAKE) -j$(JOBS) SANITIZER=thread tests-end-to-end
	$(QUIET_MAKE) SANITIZER=thread check-end-to-end
	@if command -v clang >/dev/null; then \
	    $(QUIET_MAKE) -j$(JOBS) CC=clang tests-all && \
	    $(QUIET_MAKE) CC=clang check-units; \
	else echo "clang is not here: its warnings were not checked"; fi

# A fuzzer (clang's) at tests/fuzz/fuzz_NAME.c for a while; it begins with what is in tests/fuzz/NAME,
# and what it finds stays there: `make check` goes through it once more.
FUZZ_SECONDS ?= 300
FUZZ_MAKE = $(QUIET_MAKE) BUILD=build/fuzz CC=clang SANITIZER=address \
    CFLAGS='-O1 -g -fsanitize=fuzzer-no-link'
fuzz-%: tests/fuzz/fuzz_%.c
	$(FUZZ_MAKE) -j$(JOBS) build/fuzz/tests/fuzz/fuzz_$*.fuzzer
	@mkdir -p build/fuzz/found/$*
	build/fuzz/tests/fuzz/fuzz_$*.fuzzer -max_total_time=$(FUZZ_SECONDS) -timeout=20 \
	    -artifact_prefix=build/fuzz/found/ build/fuzz/found/$* tests/fuzz/$*
$(BUILD)/tests/fuzz/%.fuzzer: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/fuzz.o $(LIBRARY)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)
$(BUILD)/tests/fuzz/replay_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/replay.o \
    $(BUILD)/tests/fuzz/fuzz.o $(TEST_SUPPORT) $(LIBRARY)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) $(TEST_LIBS)

# The unit tests as programs of an arm64 machine, which an emulator runs; no part of `make check`.
# Debian's cross compiler and libraries for it are installed first, and nothing that was built is run
# to install it.
ARM64_MAKE = PKG_CONFIG_LIBDIR=/usr/lib/aarch64-linux-gnu/pkgconfig:/usr/share/pkgconfig \
    $(QUIET_MAKE) CC=aarch64-linux-gnu-gcc AR=aarch64-linux-gnu-ar BUILD=build/arm64 WITHOUT= \
    DEBIAN_CHECK="gcc-aarch64-linux-gnu libc6-dev-arm64-cross pkg-config qemu-user-static \
    $(addsuffix :arm64,$(filter lib%-dev,$(filter-out libc6-dev,$(DEBIAN_CHECK))))"
.PHONY: check-arm64
check-arm64:
	@dpkg --print-foreign-architectures | grep -qx arm64 || dpkg --add-architecture arm64 || \
	    { echo "An administrator first types: dpkg --add-architecture arm64"; exit 1; }
	@$(ARM64_MAKE) deps-check
	@command -v qemu-aarch64-static > /dev/null || \
	    { echo "An administrator types: apt-get install qemu-user-static"; exit 1; }
	$(ARM64_MAKE) -j$(JOBS) install DESTDIR=build/arm64/tree
	$(ARM64_MAKE) -j$(JOBS) RUNNER="qemu-aarch64-static" check-units
	@echo "All checks on arm64 passed."

# The blocks of man/lnscope.1 and src/README.md that follow from tables and files, and README's
# pictures of the program, which seconds of training make.
.PHONY: documents
documents: all
	sh tests/documents.sh $(PROGRAM)
	CC="$(CC)" sh tests/pictures.sh $(PROGRAM)

# ---- speed ----------------------------------------------------------------------------------------
# Ratios within one run; needs an otherwise idle machine, and tests nothing.

bench: deps
	$(MAKE) --no-print-directory all $(BUILD)/tests/bench/bench
	$(BUILD)/tests/bench/bench

.PHONY: bench-ui bench-instructions
bench-ui: deps-check
	$(MAKE) --no-print-directory all $(BUILD)/tests/bench/bench_ui
	LNSCOPE=$(PROGRAM) $(BUILD)/tests/bench/bench_ui

.PHONY: bench-mpi
bench-mpi: mpi
	@$(MAKE) --no-print-directory $(BUILD)/tests/bench/bench_mpi
$(BUILD)/mpi/tests/%.o: tests/%.c $(BUILD)/flags $(BUILD)/mpi/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(STRICT_FLAGS) $(MPI_CFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/tests/bench/bench_mpi: $(BUILD)/mpi/tests/bench/bench_mpi.o \
    $(BUILD)/mpi/lab/lab_mpi.o $(LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) $(call pkg_libs,$(MPI_FOUND))

bench-instructions: all
	sh tests/bench/instructions.sh $(PROGRAM)

# ---- packages -------------------------------------------------------------------------------------
# The same bytes whatever the folder is called: assets/package/dist.sh.

.PHONY: dist deb
dist:
	@mkdir -p build
	sh assets/package/dist.sh tar $(VERSION) build/lnscope-$(VERSION).tar.gz
DEB_MAKE = $(QUIET_MAKE) BUILD=build/deb WITHOUT= CFLAGS="-O2 -g -ffile-prefix-map=$(CURDIR)=."
DEB_FILE = build/lnscope_$(VERSION)_$$(dpkg --print-architecture).deb
deb:
	rm -rf build/deb/tree
	$(DEB_MAKE) -j$(JOBS) install DESTDIR=build/deb/tree PREFIX=/usr
	sh assets/package/dist.sh deb $(VERSION) build/deb/tree $(DEB_FILE)
	@echo "built $(DEB_FILE)"
# Both of them twice, from folders of other names; no part of `make check`.
.PHONY: check-packages
check-packages:
	MAKE="$(MAKE)" sh tests/packages.sh

# ---- what must be installed -----------------------------------------------------------------------
# A C compiler, ncurses and OpenBLAS are essential and are found by their headers; the others are
# looked up with pkg-config. What is missing is installed with apt-get, or it is said what to type.

DEBIAN_NEEDED  = gcc libc6-dev pkg-config libncurses-dev libopenblas-dev
DEBIAN_RUN     = $(DEBIAN_NEEDED) libcjson-dev libinih-dev libcairo2-dev \
    libgif-dev
DEBIAN_CHECK   = $(DEBIAN_RUN) libcmocka-dev libvterm-dev
FEDORA_RUN     = gcc pkgconf-pkg-config ncurses-devel openblas-devel cjson-devel inih-devel cairo-devel \
    giflib-devel dejavu-sans-mono-fonts
FEDORA_CHECK   = $(FEDORA_RUN) libcmocka-devel libvterm-devel
ARCH_RUN       = gcc pkgconf ncurses openblas cjson libinih cairo giflib ttf-dejavu
ARCH_CHECK     = $(ARCH_RUN) cmocka libvterm
BREW_RUN       = pkg-config ncurses openblas cjson inih cairo giflib
BREW_CHECK     = $(BREW_RUN) cmocka libvterm

# libraries see: fails when something essential is missing, and says what to type.
# libraries run, libraries check: first installs what the program, or its tests, can use.
define LIBRARIES
has_header() {
    echo "#include <$$1>" | $(CC) $(ALL_CFLAGS) $(NCURSES_CFLAGS) -x c -fsyntax-only - 2>/dev/null
}
look() {
    essential= optional=
    has_header time.h || essential="a C compiler with the headers of the C library"
    has_header curses.h || essential="$${essential:+$$essential, }ncurses"
    has_header cblas.h || essential="$${essential:+$$essential, }OpenBLAS"
    for module in $$modules; do
        $(PKG_CONFIG) --exists "$$module" 2>/dev/null || optional="$$optional $$module"
    done
}
has() { command -v "$$1" >/dev/null 2>&1; }

case $$1 in
    see) modules= debian='$(DEBIAN_RUN)' fedora='$(FEDORA_RUN)' arch='$(ARCH_RUN)' brew='$(BREW_RUN)' ;;
    run) modules='$(filter-out $(GIFLIB_BARE),$(OPTIONAL_MODULES))'
        debian='$(DEBIAN_RUN)' fedora='$(FEDORA_RUN)' arch='$(ARCH_RUN)' brew='$(BREW_RUN)' ;;
    check) modules='$(filter-out $(GIFLIB_BARE),libcjson inih cairo libgif) cmocka vterm'
        debian='$(DEBIAN_CHECK)' fedora='$(FEDORA_CHECK)' arch='$(ARCH_CHECK)' brew='$(BREW_CHECK)' ;;
esac
look
[ -n "$$essential$$optional" ] || exit 0

root=
[ "$$(id -u)" = 0 ] || ! has sudo || root="sudo "
if has apt-get; then command="apt-get install $$debian"
elif has dnf; then command="dnf install $$fedora"
elif has pacman; then command="pacman -S --needed $$arch"
elif has brew; then command="brew install $$brew" root=
else command=
fi

# Somebody who cannot become root without a password is asked for it only at a terminal.
if [ "$$1" != see ] && has apt-get &&
    { [ "$$(id -u)" = 0 ] || { has sudo && { [ -t 0 ] || sudo -n true 2>/dev/null; }; }; }; then
    echo "Missing libraries; installing: $$debian"
    $${root}apt-get update -qq -o APT::Update::Error-Mode=any ||
        echo "apt-get update did not fetch the lists of packages: is there a network?" >&2
    $${root}env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$debian >&2 ||
        echo "apt-get could not install them." >&2
    look
    [ -n "$$essential$$optional" ] || exit 0
fi

{
    [ -z "$$essential" ] || echo "lnscope cannot be built without: $$essential."
    [ -z "$$optional" ] || case $$1 in
        check) echo "The tests need:$$optional." ;;
        run) echo "Missing, but not essential:$$optional." ;;
    esac
    if [ -n "$$command" ]; then
        echo "An administrator installs all of it with:"
        echo "    $$root$$command"
    else
        echo "ncurses and OpenBLAS with their headers are essential; pkg-config finds the rest."
    fi
} >&2
[ "$$1" = run ] && [ -z "$$essential" ]
endef
export LIBRARIES

deps:
	@sh -c "$$LIBRARIES" libraries run
deps-check:
	@sh -c "$$LIBRARIES" libraries check

# A second make, since the first looked for the libraries before they were there.
run: deps
	@$(MAKE) --no-print-directory all
	@$(PROGRAM) $(ARGS)

# ---- installation ---------------------------------------------------------------------------------
# Runs nothing that was built: it may have been built for another machine.

COMPLETIONS := bash-completion/completions/lnscope zsh/site-functions/_lnscope \
    fish/vendor_completions.d/lnscope.fish

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/lnscope
	[ ! -e $(BUILD)/lnscope-mpi ] || \
	    install -m 755 $(BUILD)/lnscope-mpi $(DESTDIR)$(PREFIX)/bin/lnscope-mpi
	install -m 644 man/lnscope.1 $(DESTDIR)$(PREFIX)/share/man/man1/lnscope.1
	for file in $(COMPLETIONS); do \
	    install -d $(DESTDIR)$(PREFIX)/share/$$(dirname $$file) && \
	    install -m 644 assets/completions/$$(basename $$file) $(DESTDIR)$(PREFIX)/share/$$file || \
	        exit 1; \
	done

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/lnscope $(DESTDIR)$(PREFIX)/bin/lnscope-mpi \
	    $(DESTDIR)$(PREFIX)/share/man/man1/lnscope.1 \
	    $(COMPLETIONS:%=$(DESTDIR)$(PREFIX)/share/%)

clean:
	rm -rf build
