#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The corpus of each fuzz target, once.
exec "${top_builddir:?}/tests/fuzz/tableau_replay" "${srcdir:?}"/tests/fuzz/tableau/*
