/* SPDX-License-Identifier: BSD-3-Clause
 * A tape as classes of PyTorch.  The names of tensors make a tree of modules: the tensor
 * "blocks.0.stages.1.conv1.weight" is an attribute of the module conv1, which is an attribute of
 * stages[1], and so on.  Each record of the tape is computed by the forward function of one module,
 * its owner: the one whose scope it was recorded in, or one further up that contains all tensors
 * that it reads.
 *
 * Texts of a class have its sizes as marks, "\1i16\2": a letter for what the number is, and the
 * number.  Modules whose texts differ only in such numbers become one class, and the numbers that
 * differ become the arguments of its constructor. */
#ifndef OT_EXPORT_PYTORCH_H
#define OT_EXPORT_PYTORCH_H

#include "export/export.h"
#include "export/strings.h"
#include "export/walk.h"

/* Layers of torch.nn that stand for records. */
typedef enum ot__layer {
    OT__NO_LAYER,
    OT__LAYER_CONV,   /* nn.Conv2d: conv2d, with the bias after it */
    OT__LAYER_NORM,   /* nn.BatchNorm2d */
    OT__LAYER_GROUP,  /* nn.GroupNorm */
    OT__LAYER_LINEAR, /* nn.Linear */
} ot__layer;

enum { OT__TENSORS_OF_LAYER = 4, OT__ROOT = 0, OT__NOWHERE = -1 };

typedef struct ot__module {
    const char *name;      /* the last part of its scope */
    int parent;            /* OT__NOWHERE: it is the root */
    int child, last, next; /* first and last child, and next child of the parent, or OT__NOWHERE */
    int n_tensors;         /* its own */
    int tensor[OT__TENSORS_OF_LAYER]; /* the first of them */
    ot__layer layer;
    int record;       /* of a layer: one of the records that it stands for */
    bool list;        /* it has numbers as names of its children: nn.ModuleList */
    bool sparse;      /* these numbers do not count from 0: nn.ModuleDict */
    bool dissolved;   /* its records belong to its parent */
    int first_record; /* that its forward function computes, in the order of the tape; 0: none */
    const char *made; /* what makes it: "nn.Conv2d(3, 16, 3)", "Block(16)" */
    int class;
} ot__module;

/* Modules whose texts differ in numbers only. */
typedef struct ot__class {
    const char *name, *text; /* the text with marks, of its first module */
    int n_numbers;           /* marks in the text */
    int height;              /* 1 + the largest of the classes that it uses */
    int count;               /* of its modules */
    int *argument;           /* by mark: the argument that it is; OT__NOWHERE: it never differs */
    const char **argument_name;
    int n_arguments;
    int parts; /* evaluations of f that it calls */
} ot__class;

typedef struct ot__pytorch {
    const ot__export *e;
    ot__walk walk;
    ot__strings strings;
    ot__module *module;
    size_t n_modules, room;
    int *home;    /* by id of a tensor: the module that has it */
    int *owner;   /* by id of a record: the module that computes it */
    int *through; /* by id of a record: the layer that it is the result of; 0: none */
    bool *inside; /* by id: it is a part of a layer, which is not its result */
    ot__class *class;
    size_t n_classes, class_room;
    const char *helpers; /* functions that the texts call */
    unsigned helper_set;
} ot__pytorch;

/* ---- pytorch_tree.c ---- */

/* Makes the modules and finds layers and owners.  OT_EINVAL for a name that Python cannot have,
 * OT_ENOMEM. */
ot_status ot__pytorch_tree(ot__pytorch *p);
/* Finds the owners again, after a module was dissolved. */
void ot__pytorch_owners(ot__pytorch *p);
/* Whether a module lies in another, or is it. */
bool ot__lies_in(const ot__pytorch *p, int module, int in);
/* Whether Python can write a name after a dot. */
bool ot__is_attribute(const char *name);
/* The last part of a tensor's name. */
const char *ot__tensor_name(const ot__pytorch *p, int id);
/* "self.blocks[0].conv1": a module as another one in which it lies calls it. */
const char *ot__module_path(ot__pytorch *p, int from, int module);
/* A tensor likewise: "self.f.conv1.weight". */
const char *ot__tensor_path(ot__pytorch *p, int from, int id);
/* The values that a record reads, as its owner sees it: those of a layer begin with its images. */
int ot__values_read(const ot__pytorch *p, int id, int value[OT__MOST_OPERANDS]);

/* ---- pytorch_ops.c ---- */

/* What binds the parts of an expression. */
typedef enum ot__binding { OT__ATOM, OT__PRODUCT, OT__SUM } ot__binding;

/* A record while its expression is made. */
typedef struct ot__emission {
    ot__pytorch *p;
    int id;
    const ot__record *r;
    const char *const *operand; /* an expression for each operand */
    const ot__binding *bound;
    ot__binding binding; /* OUT: of the result */
} ot__emission;

/* The expression of a record that is no layer.  NULL: its op has no emitter. */
const char *ot__pytorch_expression(ot__emission *m);
/* Whether the op of a record has one. */
bool ot__pytorch_can(const ot_op *op);
/* Writes the functions that expressions have called. */
void ot__pytorch_helpers(const ot__pytorch *p, FILE *to);
/* A coefficient: "1/6", "-2", "0.5773502691896258". */
const char *ot__coefficient(ot__strings *s, double value);

/* ---- pytorch_forward.c ---- */

/* One step of a forward function. */
typedef struct ot__item {
    int record; /* that is computed; 0: a module is called */
    int module;
    int first; /* id of its first record */
    int n_in, n_out;
    int *in, *out; /* ids of values */
    bool done;
} ot__item;

typedef struct ot__items {
    ot__item *of;
    int n;
    int n_in, n_out; /* of the forward function */
    int *in, *out;
} ot__items;

/* The steps of a module's forward function in an order in which each has its operands.  *stuck
 * becomes a module that must be dissolved first, or OT__NOWHERE.  OT_ENOMEM. */
ot_status ot__pytorch_items(const ot__pytorch *p, int module, ot__items *items, int *stuck);
void ot__pytorch_items_free(ot__items *items);
/* Writes the forward function.  OT_ENOMEM. */
ot_status ot__pytorch_forward(ot__pytorch *p, int module, FILE *to);

/* ---- pytorch_classes.c ---- */

enum { OT__MARK_BEGIN = '\1', OT__MARK_END = '\2' };

/* Moves *at to the next mark and reads it; false after the last. */
bool ot__next_mark(const char **at, char *role, int *number);
int ot__count_marks(const char *text);

/* Makes the classes, those that others use first.  OT_ENOMEM. */
ot_status ot__pytorch_classes(ot__pytorch *p);

/* ---- pytorch_write.c ---- */

/* Writes a class, with its arguments in place of marks. */
ot_status ot__pytorch_write_class(const ot__pytorch *p, const ot__class *c, FILE *to);

#endif
