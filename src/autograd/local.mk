# SPDX-License-Identifier: BSD-3-Clause
libodetape_core_la_SOURCES += src/autograd/op.h
