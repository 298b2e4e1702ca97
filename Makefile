# Two commands set up everything on a machine with the Swift toolchain:
#   make demo   compile the reference model into a plan with a small calibration, measure its points, ask a question
#   make test   build and run all tests
# make compile-reference does what the demo does with the whole calibration.
# make test-kernels and make test-arm check the kernels alone: on this processor, and on emulated arm64 ones.

SWIFT ?= swift
PACKAGES = libopenblas-dev libhdf5-dev libjpeg-dev libpng-dev libpcre2-dev pkg-config hdf5-tools
BIN = .build/release
SCENES = calib/digit-scenes
PLAN = artifacts/reference.h5
REPORT = artifacts/reference.html
DEMO_PLAN = artifacts/demo.h5
DEMO_REPORT = artifacts/demo.html
DEMO_SAMPLES = 20
PICTURE = $(SCENES)/images/test-003.jpg

# The sources are written for clang; the toolchain brings one.
CLANG ?= $(or $(wildcard $(dir $(realpath $(shell command -v $(SWIFT))))clang),clang)
KERNEL_FLAGS = -O2 -Wall -Wextra -Werror -ISources/CKernels/include
KERNEL_SOURCES = $(wildcard Sources/CKernels/*.c) Tests/CKernels/check.c
ARM_PACKAGES = gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user

.PHONY: demo demo-estimate compile-reference test test-kernels test-arm build setup format lint clean

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
	  --target-memory 17.6MB
	@echo
	$(BIN)/espalier report $(DEMO_PLAN) --set $(SCENES)/test.jsonl --limit 100 --output $(DEMO_REPORT) \
	  --baselines random,reduced_image
	@echo
	$(BIN)/espalier-run $(DEMO_PLAN) --image $(PICTURE) --prompt "Describe the image."
	$(BIN)/espalier-run $(DEMO_PLAN) --image $(PICTURE) --prompt "Describe the image." --point target --json
	@echo "$(DEMO_REPORT) shows all of this to people who know none of it"

demo-estimate:
	@echo "on two quiet cores this takes about five minutes: three to build, one and a half to compile and measure"

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
test: setup
	$(SWIFT) build -c release --build-tests -Xswiftc -enable-testing
	$(SWIFT) test -c release --skip-build -Xswiftc -enable-testing

test-kernels:
	mkdir -p .build
	$(CLANG) $(KERNEL_FLAGS) $(KERNEL_SOURCES) -lm -o .build/check-kernels
	.build/check-kernels

# Static programs, which the emulator runs without a system around them; each argument is the table to be chosen.
test-arm:
	$(call install,$(ARM_PACKAGES))
	mkdir -p .build
	$(CLANG) --target=aarch64-linux-gnu --ld-path="$$(command -v aarch64-linux-gnu-ld)" -static $(KERNEL_FLAGS) \
	  $(KERNEL_SOURCES) -lm -o .build/check-kernels-arm
	qemu-aarch64 -cpu cortex-a72 .build/check-kernels-arm neon
	qemu-aarch64 -cpu cortex-a76 .build/check-kernels-arm dotprod
	qemu-aarch64 -cpu max .build/check-kernels-arm bf16

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

clean:
	rm -rf .build artifacts/*.h5 artifacts/*.html
