# Two commands set up everything on a machine with the Swift toolchain:
#   make demo   compile the reference model into a plan with a small calibration, measure its points, ask a question
#   make test   build and run all tests
# make compile-reference does what the demo does with the whole calibration.
# make test-fast leaves out the suites that take more than a few seconds.
# make test-kernels and make test-arm check the kernels alone: on this processor, and on emulated arm64 ones.
# make count-kernels and make count-arm compare how many instructions the kernels take with what is stored; with STORE=1
# they store it anew.
# make bench-kernels times them beside what the processor can do at best.
# make test-sanitized runs the tests that touch C, threads and files under the sanitizers.
# make fuzz SECONDS=60 gives each reader of foreign bytes a minute of changed inputs.
# make fuzz-plans CASES=1000000 reads as many changed plans as that, without sanitizers and in processes that may end.
# make faults kills every verb KILLS times in all, and lets every call to the system fail.
# make test-cluster has mpirun start processes that work together, and some that fail or stop; a minute behind the build.
# make test-slurm has a Slurm cluster of two nodes on this machine calibrate, and takes a node from it; needs root, four
# minutes behind the build.
# make test-serve asks a server through the clients that people use, sends it malformed requests and more than it can
# answer, and opens its page in Chromium; minutes behind the build. PLAN=plan.h5 for another plan than the demo's.
# make library makes libespalier.so and espalier.h in .build/library; make test-library runs the examples that use it.
# make dist makes the programs of an edge box in .build/dist, which need glibc alone, and make deb a Debian package of them;
# ARCH=arm64 compiles for arm64, with a compiler that is fetched once (1.2 GB; or SWIFT_SDK and SYSROOT name one).
# make test-deb installs the packages of both architectures in bare systems and asks them; needs root, ten minutes.
# make test-dist builds the programs twice, which must be the same bytes.
# make test-answers asks plans of three formats through every table of kernels for arm64, emulated; a quarter of an hour.
# make test-memory makes models of four full shapes (random weights), and measures answers beside the bound of their memory, in
# groups as small as that; needs root and PYTHON with torch and transformers, 20 GB of disk, half an hour.
# make check-runtime shows that the runtime links neither Foundation nor the toolchain's modules.

SWIFT ?= swift
PACKAGES = libhdf5-dev libjpeg-dev libpng-dev libwebp-dev libgif-dev libpcre2-dev pkg-config hdf5-tools
CLUSTER_PACKAGES = libopenmpi-dev openmpi-bin
SERVE_PACKAGES = python3-venv chromium chromium-driver fonts-noto-core
SLURM_PACKAGES = slurmctld slurmd slurm-client munge iproute2
BIN = .build/release
SCENES = calib/digit-scenes
PLAN = artifacts/reference.h5
REPORT = artifacts/reference.html
DEMO_PLAN = artifacts/demo.h5
DEMO_REPORT = artifacts/demo.html
DEMO_SAMPLES = 20
DEMO_MEMORY = 17.6MB
PICTURE = $(SCENES)/images/test-003.jpg

SWIFT_SOURCES = Package.swift Sources Tests Fuzz Benchmarks/Package.swift Benchmarks/Sources

# The sources are written for clang; the toolchain brings one.
CLANG ?= $(or $(wildcard $(dir $(realpath $(shell command -v $(SWIFT))))clang),clang)
KERNEL_FLAGS = -O2 -Wall -Wextra -Werror -ISources/CKernels/include
KERNEL_SOURCES = $(wildcard Sources/CKernels/*.c)
CHECK_SOURCES = $(KERNEL_SOURCES) Tests/CKernels/check.c
COUNT_SOURCES = $(KERNEL_SOURCES) Tests/CKernels/count.c -ISources/CKernels
ARM_CLANG = $(CLANG) --target=aarch64-linux-gnu --ld-path="$$(command -v aarch64-linux-gnu-ld)" -static
ARM_PACKAGES = gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user

# Every build of the tests also checks that targets declare what they import.
TEST_FLAGS = -c release -Xswiftc -enable-testing
IMPORT_CHECK = --explicit-target-dependency-import-check error

# What uses MPI has a folder of its own: a trait is compiled into every module.
CLUSTER_FLAGS = --traits MPI --scratch-path .build/mpi

# Sanitized builds have folders of their own. Swift checks its own arithmetic; what is undefined is C's.
ADDRESS_FLAGS = --scratch-path .build/sanitized/address --sanitize address $(FUZZER_FLAGS) \
  -Xcc -fsanitize=undefined -Xcc -fno-sanitize-recover=undefined -Xcc -Wno-pass-failed
THREAD_FLAGS = --scratch-path .build/sanitized/thread --sanitize thread
# What the compiler adds for libFuzzer, and libFuzzer without its main function.
FUZZER_FLAGS = -Xswiftc -sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp \
  -Xcc -fsanitize-coverage=inline-8bit-counters,pc-table,trace-cmp \
  -Xlinker --undefined=LLVMFuzzerRunDriver -Xlinker $(FUZZER) -Xlinker -lstdc++
FUZZER = $(shell $(CLANG) -print-file-name=libclang_rt.fuzzer_no_main-$(shell uname -m).a)
FUZZ_TARGETS = $(notdir $(wildcard Fuzz/Corpus/*))
SECONDS = 60
# Numbered cases of changed plans; a seed's cases are the same on every machine.
CASES = 1000000
SEED = 1
JOBS = 2
KILLS = 500
ADDRESS_SUITES = ^(Compute|Models|HDF5|PlanFile|Digests|HDF5Subset|Imaging|Tokenization|Output|Signatures|Signing|Fuzz|Grammars|Espalier)Tests\.|$\
  ^InferenceTests\.(SharedModel|Generation|Determinism|Context|Dialogue|Retention|PictureCache|PictureFile|PictureFolder)Tests
# Tokenizers and pictures are the business of one thread.
THREAD_SUITES = ^(Compute|Models|HDF5|PlanFile|Output|Espalier)Tests\.|^InferenceTests\.($\
  AnswerBatch|SharedModel|Generation|Determinism|Context|Dialogue|PictureCache|PictureFolder)Tests
SANITIZER_OPTIONS = \
  ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=0 LSAN_OPTIONS=suppressions=$(CURDIR)/.ci/leaks.txt \
  TSAN_OPTIONS=suppressions=$(CURDIR)/.ci/races.txt UBSAN_OPTIONS=print_stacktrace=1 ESPALIER_TEST_SLOWDOWN=20

.PHONY: demo demo-estimate compile-reference build setup format lint clean
.PHONY: test test-build test-fast test-kernels test-kernels-sanitized test-arm test-sanitized test-address test-thread
.PHONY: dist deb test-dist test-deb test-answers test-memory
.PHONY: library test-library test-cluster test-slurm test-serve demo-plan fuzz fuzz-plans faults check-runtime count-kernels count-arm bench-kernels

build: setup
	$(SWIFT) build -c release --product espalier
	$(SWIFT) build -c release --product espalier-run

# Installs those of some Debian packages that are missing; asks for root only when one is.
define install
@missing=""; for package in $(1); do \
  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
done; \
if [ -n "$$missing" ]; then \
  echo "installing$$missing"; \
  sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
  $$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq $$missing >/dev/null; \
fi
endef

setup:
	$(call install,$(PACKAGES))

# So few samples make no point that is sure to lose nothing; what they do find is one for a small memory.
demo: demo-estimate build
	mkdir -p artifacts
	@echo
	@echo "a small calibration of $(DEMO_SAMPLES) samples; 'make compile-reference' makes the whole one"
	$(BIN)/espalier compile calib/reference-model --calibration $(SCENES)/calibration.jsonl \
	  --validation $(SCENES)/validation.jsonl --output $(DEMO_PLAN) --restart \
	  --limit $(DEMO_SAMPLES) --ranking-limit 8 --validation-limit 150 --trials 250 --trial-samples 16 \
	  --target-memory $(DEMO_MEMORY)
	@echo
	$(BIN)/espalier report $(DEMO_PLAN) --set $(SCENES)/test.jsonl --limit 100 --output $(DEMO_REPORT) \
	  --baselines random,reduced_image
	@echo
	@echo "one question, with nothing pruned and at the point of $(DEMO_MEMORY); the test set's answer is:"
	@sed -n 's|.*"image": "images/$(notdir $(PICTURE))", "prompt": "Describe the image.", "answer": "\([^"]*\)".*|  \1|p' $(SCENES)/test.jsonl
	$(BIN)/espalier-run $(DEMO_PLAN) --image $(PICTURE) --prompt "Describe the image."
	$(BIN)/espalier-run $(DEMO_PLAN) --image $(PICTURE) --prompt "Describe the image." --point target --json
	@echo "(the small model errs at either: its table above says how often)"
	@echo "$(DEMO_REPORT) shows all of this to people who know none of it"

demo-estimate:
	@echo "on two quiet cores this takes about four minutes: more than two to build, one and a half to compile and measure"

compile-reference: build
	mkdir -p artifacts
	@echo "the whole calibration and the whole test set: about ten minutes on two quiet cores behind the build"
	$(BIN)/espalier compile calib/reference-model --calibration $(SCENES)/calibration.jsonl \
	  --validation $(SCENES)/validation.jsonl --output $(PLAN) --resume
	@echo
	$(BIN)/espalier report $(PLAN) --set $(SCENES)/test.jsonl --output $(REPORT) \
	  --baselines random,stride,inverse_l2norm,reduced_image
	@echo
	$(BIN)/espalier-run $(PLAN) --image $(PICTURE) --prompt "Describe the image." --point balanced --json
	@echo "$(REPORT) shows all of this to people who know none of it"

# Tests run optimised: a debug build of the engine would take minutes for what takes seconds.
test: test-build
	$(SWIFT) test $(TEST_FLAGS) --skip-build

# Without suites of the tag 'slow': compiles of whole models, parity with goldens, programs that are interrupted.
test-fast: test-build
	ESPALIER_TESTS=fast $(SWIFT) test $(TEST_FLAGS) --skip-build

test-build: setup
	$(SWIFT) build $(TEST_FLAGS) --build-tests $(IMPORT_CHECK)

# The tests that touch C, threads and files. A finding ends the run with a status that is not 0.
test-sanitized: test-kernels-sanitized test-address test-thread

test-address: setup
	$(SWIFT) build $(TEST_FLAGS) $(ADDRESS_FLAGS) --build-tests
	$(SANITIZER_OPTIONS) $(SWIFT) test $(TEST_FLAGS) $(ADDRESS_FLAGS) --skip-build --filter '$(ADDRESS_SUITES)'

test-thread: setup
	$(SWIFT) build $(TEST_FLAGS) $(THREAD_FLAGS) --build-tests
	$(SANITIZER_OPTIONS) $(SWIFT) test $(TEST_FLAGS) $(THREAD_FLAGS) --skip-build --filter '$(THREAD_SUITES)'

test-cluster:
	$(call install,$(PACKAGES) $(CLUSTER_PACKAGES))
	$(SWIFT) build -c release $(CLUSTER_FLAGS) --product cluster-check
	Tests/Cluster/run .build/mpi/release/cluster-check

test-slurm:
	$(call install,$(PACKAGES) $(CLUSTER_PACKAGES) $(SLURM_PACKAGES))
	$(SWIFT) build -c release $(CLUSTER_FLAGS) --product espalier
	Tests/Cluster/slurm/check .build/mpi/release/espalier

test-serve: demo-plan
	$(call install,$(SERVE_PACKAGES))
	$(SWIFT) build -c release --product espalier-serve
	$(SWIFT) build -c release --product espalier-run
	test -d .build/serve-clients || python3 -m venv .build/serve-clients
	.build/serve-clients/bin/pip install --quiet openai ollama jsonschema schemathesis selenium pillow
	Tests/Serving/run $(DEMO_PLAN) $(BIN) .build/serve-clients/bin

# The plan of the demo, where there is none yet.
demo-plan:
	test -f $(DEMO_PLAN) || $(MAKE) demo

# The library for other languages: Swift's runtime inside, the codecs as the system has them.
LIBRARY = .build/library
VERSION = $(shell sed -n 's/.*current = "\(.*\)"/\1/p' Sources/Output/ProgramVersion.swift)

library: setup
	$(SWIFT) build -c release --product EspalierC
	Packaging/archives $(LIBRARY)/archives $(CLANG) stdc++
	Packaging/library $(BIN)/libEspalierC.a $(LIBRARY) $(SWIFT)c $(LIBRARY)/archives $(VERSION)

test-library: library demo-plan
	$(SWIFT) build -c release --product espalier-run
	Tests/Library/run $(LIBRARY) $(DEMO_PLAN) $(PICTURE) $(BIN)/espalier-run

# What an edge box installs. Programs of the machine's own architecture say what is in the manual.
NATIVE = $(shell dpkg --print-architecture)
ARCH = $(NATIVE)
DIST = .build/dist
SDK = .build/swift-sdk
SWIFT_SYSTEM = $(if $(filter $(NATIVE),$(1)),/usr/share/doc,$(or $(SYSROOT),$(SDK)/arm64.artifactbundle/arm64/sysroot)/usr/share/doc)
SWIFT_LICENSE = $(dir $(realpath $(shell command -v $(SWIFT))))../share/swift/LICENSE.txt
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)
DIST_PACKAGES = qemu-user-static debootstrap lintian systemd man-db

dist: setup $(if $(filter $(NATIVE),$(ARCH))$(SWIFT_SDK),,$(SDK)/.complete)
	SDK=$(SDK) Packaging/dist $(SWIFT) $(CLANG) $(ARCH) $(DIST)/build-$(ARCH) $(DIST)/$(ARCH)

$(SDK)/.complete:
	Packaging/swift-sdk $(SDK)
	touch $@

deb: dist
	test -x $(DIST)/$(NATIVE)/espalier-serve || $(MAKE) dist ARCH=$(NATIVE)
	for program in espalier-run espalier-serve; do \
	  $(DIST)/$(NATIVE)/$$program --help | Packaging/documents $$program $(VERSION) \
	    $$(date -u -d @$(SOURCE_DATE_EPOCH) +%Y-%m-%d) $(DIST)/documents || exit 1; \
	done
	Packaging/licenses $(DIST)/build-$(ARCH)/espalier-serve/checkouts $(call SWIFT_SYSTEM,$(ARCH)) $(SWIFT_LICENSE) \
	  $(DIST)/licenses-$(ARCH)
	Packaging/deb $(ARCH) $(VERSION)-1 $(DIST)/$(ARCH) $(DIST)/documents $(DIST)/licenses-$(ARCH) $(DIST)

test-dist: dist
	cd $(DIST)/$(ARCH) && sha256sum espalier-* > ../sums-$(ARCH)
	Tests/Packages/again $(DIST)/again $(SDK) $(MAKE) dist ARCH=$(ARCH)
	cd $(DIST)/again/$(DIST)/$(ARCH) && sha256sum -c $(CURDIR)/$(DIST)/sums-$(ARCH)

test-deb: demo-plan
	$(call install,$(DIST_PACKAGES))
	$(MAKE) deb ARCH=amd64
	$(MAKE) deb ARCH=arm64
	lintian --allow-root --fail-on error,warning $(DIST)/espalier_$(VERSION)-1_amd64.deb $(DIST)/espalier_$(VERSION)-1_arm64.deb
	for architecture in amd64 arm64; do \
	  Tests/Packages/install $(DIST)/espalier_$(VERSION)-1_$$architecture.deb $(DEMO_PLAN) $(PICTURE) $(DIST)/bare || exit 1; \
	done

ANSWER_FORMATS = f32 int8 int4

test-answers: build
	$(call install,$(DIST_PACKAGES))
	PROGRAMS=espalier-run $(MAKE) dist ARCH=arm64
	mkdir -p $(DIST)/plans
	for weights in $(ANSWER_FORMATS); do \
	  $(BIN)/espalier compile calib/reference-model --calibration $(SCENES)/calibration.jsonl \
	    --validation $(SCENES)/validation.jsonl --weights $$weights --output $(DIST)/plans/$$weights.h5 --restart --limit 12 \
	    --ranking-limit 4 --validation-limit 60 --trials 120 --trial-samples 8 >/dev/null || exit 1; \
	done
	EMULATOR="qemu-aarch64-static -cpu CPU -L $(SDK)/arm64.artifactbundle/arm64/sysroot" Tests/Packages/answers \
	  $(BIN)/espalier-run $(DIST)/arm64/espalier-run $(PICTURE) $(ANSWER_FORMATS:%=$(DIST)/plans/%.h5)

# The last plan is larger than the memory that it is then given. Models of native resolution would see 15,000 tokens.
MEMORY_SHAPES = smolvlm-256m onevision-0.5b llava-1.4b qwen2-vl-2b
PYTHON = python3

test-memory: build
	mkdir -p $(DIST)/memory
	$(PYTHON) -c "from PIL import Image; Image.open('$(PICTURE)').convert('RGB').resize((4000, 3000)).save('$(DIST)/memory/large.jpg')"
	for shape in $(MEMORY_SHAPES); do \
	  $(PYTHON) Benchmarks/make_checkpoint.py $$shape $(DIST)/memory/$$shape || exit 1; \
	  $(BIN)/espalier import $(DIST)/memory/$$shape --weights int8 --output $(DIST)/memory/$$shape.h5 || exit 1; \
	done
	$(BIN)/espalier import $(DIST)/memory/qwen2-vl-2b --weights bf16 --output $(DIST)/memory/qwen2-vl-2b-bf16.h5
	Tests/Packages/memory $(BIN)/espalier-run $(DIST)/memory/large.jpg \
	  $(patsubst %,$(DIST)/memory/%.h5,$(filter-out qwen%,$(MEMORY_SHAPES)))
	OPTIONS="--max-pixels 1000000" Tests/Packages/memory $(BIN)/espalier-run $(DIST)/memory/large.jpg \
	  $(patsubst %,$(DIST)/memory/%.h5,$(filter qwen%,$(MEMORY_SHAPES)) qwen2-vl-2b-bf16)

fuzz: setup
	$(SWIFT) build -c release $(ADDRESS_FLAGS) --product fuzz
	@for target in $(FUZZ_TARGETS); do \
	  mkdir -p .build/fuzz/$$target; \
	  echo "fuzz $$target, $(SECONDS) s"; \
	  $(SANITIZER_OPTIONS) .build/sanitized/address/release/fuzz --target=$$target -max_total_time=$(SECONDS) \
	    -timeout=20 -rss_limit_mb=4096 -verbosity=0 -artifact_prefix=.build/fuzz/$$target- \
	    .build/fuzz/$$target Fuzz/Corpus/$$target || exit 1; \
	done

# Three cases of contents for one of bytes. 'fuzz --target=plan --seed SEED --case NUMBER' reads one of them again.
fuzz-plans: setup
	$(SWIFT) build -c release --product fuzz
	$(BIN)/fuzz --target=plan --cases $$(($(CASES) * 3 / 4)) --seed $(SEED) --jobs $(JOBS)
	$(BIN)/fuzz --target=structure --cases $$(($(CASES) / 4)) --seed $(SEED) --jobs $(JOBS)

RUNTIME_SOURCES = $(wildcard $(addprefix Sources/,Plan PlanFile Digests Compute Tokenization Imaging Models Inference \
  Figures FileNames Output Signatures HDF5Subset JSONReading Grammars Espalier EspalierC espalier-run))
TOOLCHAIN_MODULES = Foundation ArgumentParser Serving HDF5 PlanWriting Signing Checkpoints Evaluation Calibration \
  Cluster Reporting

# Kills every verb at random moments and lets every call to the system fail; an hour, or KILLS=100 for less.
faults: test-build
	ESPALIER_KILLS=$(KILLS) ESPALIER_FAULTS=all $(SWIFT) test $(TEST_FLAGS) --skip-build \
	  --filter 'KillMomentTests|InjectedFaultTests'

# Neither a library, nor an import, nor a symbol of a module that an edge box has no use for. (A symbol begins with the
# length of its module's name.)
check-runtime:
	@test -x $(BIN)/espalier-run || $(SWIFT) build -c release --product espalier-run
	@! ldd $(BIN)/espalier-run | grep -E 'Foundation|hdf5|curl|krb5|ldap'
	@for module in $(TOOLCHAIN_MODULES); do \
	  ! grep -rnE "^[a-z@ ]*import (struct |class |enum |func )?$$module\b" $(RUNTIME_SOURCES) || exit 1; \
	  ! nm $(BIN)/espalier-run | grep -m 1 "\$$s$${#module}$$module" || exit 1; \
	done
	@echo "the runtime links no Foundation, no libhdf5 and none of the toolchain"

test-kernels:
	mkdir -p .build
	$(CLANG) $(KERNEL_FLAGS) $(CHECK_SOURCES) -lm -o .build/check-kernels
	.build/check-kernels

# Every table of kernels that this processor has, under both sanitizers of C.
test-kernels-sanitized:
	mkdir -p .build
	$(CLANG) $(KERNEL_FLAGS) -g -Wno-pass-failed -fsanitize=address,undefined -fno-sanitize-recover=all \
	  $(CHECK_SOURCES) -lm -o .build/check-kernels-sanitized
	.build/check-kernels-sanitized

# A machine that others load gives the same counts. Every table of kernels that this processor has.
count-kernels:
	mkdir -p .build
	$(CLANG) $(KERNEL_FLAGS) $(COUNT_SOURCES) -lm -o .build/count-kernels
	.build/count-kernels $(if $(STORE),store,compare) Tests/CKernels/instructions-x86-64.txt

# Static programs, which the emulator runs without a system around them; each argument is the table to be chosen.
test-arm:
	$(call install,$(ARM_PACKAGES))
	mkdir -p .build
	$(ARM_CLANG) $(KERNEL_FLAGS) $(CHECK_SOURCES) -lm -o .build/check-kernels-arm
	qemu-aarch64 -cpu cortex-a72 .build/check-kernels-arm neon
	qemu-aarch64 -cpu cortex-a76 .build/check-kernels-arm dotprod
	qemu-aarch64 -cpu max .build/check-kernels-arm bf16

# Counts of all tables for arm64: the emulator's processor has every instruction, and a plugin counts them.
count-arm:
	$(call install,$(ARM_PACKAGES))
	mkdir -p .build
	$(ARM_CLANG) $(KERNEL_FLAGS) $(COUNT_SOURCES) -lm -o .build/count-kernels-arm
	$(CLANG) -O2 -Wall -Wextra -Werror -shared -fPIC Tests/CKernels/count_plugin.c -o .build/count-plugin.so
	ESPALIER_COUNTS=.build/count-arm qemu-aarch64 -cpu max -plugin .build/count-plugin.so .build/count-kernels-arm \
	  $(if $(STORE),store,compare) Tests/CKernels/instructions-arm64.txt

# Kernels beside the limits of the same run; with KERNEL_OPTIONS='--compare FILE' what became slower fails.
bench-kernels:
	$(call install,$(PACKAGES))
	$(SWIFT) run --package-path Benchmarks -c release kernels $(KERNEL_OPTIONS)

lint:
	$(SWIFT) format lint --strict --recursive --parallel $(SWIFT_SOURCES)

format:
	$(SWIFT) format --in-place --recursive --parallel $(SWIFT_SOURCES)

clean:
	rm -rf .build Benchmarks/.build artifacts/*.h5 artifacts/*.html
