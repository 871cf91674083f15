/* SPDX-License-Identifier: BSD-3-Clause */
#include "suite.h"

TCase *block_files_case(void);
TCase *blocks_case(void);
TCase *exhaustion_case(void);
TCase *gradients_case(void);
TCase *learnable_case(void);
TCase *memory_case(void);
TCase *memory_limit_case(void);
TCase *rebuild_case(void);
TCase *net_case(void);
TCase *own_layers_case(void);
TCase *own_properties_case(void);
TCase *parts_case(void);
TCase *properties_case(void);
TCase *reference_case(void);
TCase *own_parts_case(void);
TCase *refusals_case(void);
TCase *registration_case(void);
TCase *returns_case(void);
TCase *subnets_case(void);
TCase *systems_case(void);
TCase *special_case(void);
TCase *starting_case(void);
TCase *time_case(void);

/* Checks that the options are refused with this status and a message that has both sentences; the
 * second may be NULL. */
void refuses_net(const ot_net_opts *o, const char *const sentence[], ot_status status);
