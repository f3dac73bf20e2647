#!/usr/bin/env node
// Says which of the kernel types that the scripts in bpf/ rely on a kernel has, out of its type information:
//
//   node scripts/kernel-types.mjs /sys/kernel/btf/vmlinux OTHER.btf...
//
// A table, one column a file: yes, or what is missing. docs/versions.md has it for the kernels of Debian's releases.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** What is used of a type, by what it is for; several names: the type was renamed, or split, at some time. */
const USES = [
  [
    'thread: clocks and counts',
    [['task_struct', 'pid tgid stack se sched_info min_flt maj_flt start_time start_boottime']],
  ],
  ['thread: state in __state', [['task_struct', '__state']]],
  ['thread: in_iowait', [['task_struct', 'in_iowait']]],
  [
    'blocked clock',
    [
      ['sched_entity', 'sum_exec_runtime'],
      ['sched_info', 'run_delay'],
    ],
  ],
  ['x86-64 registers', [['pt_regs', 'orig_ax cs si']]],
  ['arm64 registers', [['pt_regs', 'syscallno regs pstate']]],
  ['sched_switch, prev_state', [['trace_event_raw_sched_switch', 'prev_state']]],
  ['sched_waking', [['trace_event_raw_sched_wakeup_template', 'pid']]],
  ['page_fault_user', [['trace_event_raw_exceptions trace_event_raw_x86_exceptions', 'address']]],
  ['mm_filemap_fault', [['trace_event_raw_mm_filemap_fault', 's_dev i_ino index']]],
  ['filemap add, delete', [['trace_event_raw_mm_filemap_op_page_cache', 's_dev i_ino index']]],
  ['filemap add, delete: order', [['trace_event_raw_mm_filemap_op_page_cache', 'order']]],
  [
    'block_rq_complete',
    [['trace_event_raw_block_rq_complete trace_event_raw_block_rq_completion', 'dev sector nr_sector']],
  ],
  ['block_rq_issue', [['trace_event_raw_block_rq', 'dev sector bytes rwbs']]],
  ['block_io_start', [['@btf_trace_block_io_start', '']]],
  ['block_getrq', [['@btf_trace_block_getrq', '']]],
  ['block_bio_complete', [['trace_event_raw_block_bio_complete', 'dev sector error']]],
  [
    'block_bio_queue, merges',
    [['trace_event_raw_block_bio trace_event_raw_block_bio_queue', 'dev sector nr_sector rwbs']],
  ],
  ['inet_sock_set_state', [['trace_event_raw_inet_sock_set_state', 'skaddr newstate sport']]],
  ['sock_recv_length, _send_', [['trace_event_raw_sock_msg_length', 'sk family protocol ret flags']]],
  ['unix sockets', [['unix_sock', 'addr']]],
];

const EXTRA = {
  1: [4, 0],
  3: [12, 0],
  4: [0, 12],
  5: [0, 12],
  6: [0, 8],
  13: [0, 8],
  14: [4, 0],
  15: [0, 12],
  17: [4, 0],
  19: [0, 12],
};
const [PTR, STRUCT, TYPEDEF, FUNC_PROTO] = [2, 4, 8, 13];

/** Types by their number from 1 on (Documentation/bpf/btf.rst). */
function typesOf(btf) {
  const [header, typesAt, typesLength, textsAt] = [4, 8, 12, 16].map((at) => btf.readUInt32LE(at));
  const text = (offset) => {
    const from = header + textsAt + offset;
    return btf.toString('latin1', from, btf.indexOf(0, from));
  };
  const types = [null];
  for (let at = header + typesAt; at < header + typesAt + typesLength; ) {
    const [name, info, size] = [0, 4, 8].map((offset) => btf.readUInt32LE(at + offset));
    const [kind, count] = [(info >>> 24) & 0x1f, info & 0xffff];
    const [fixed, each] = EXTRA[kind] ?? [0, 0];
    const rest = at + 12 + fixed;
    const members = () =>
      Array.from({ length: count }, (_, i) => [
        text(btf.readUInt32LE(rest + i * each)),
        btf.readUInt32LE(rest + i * each + 4),
      ]);
    types.push({ kind, name: text(name), size, count, members });
    at = rest + each * count;
  }
  return types;
}

/** A kernel, as far as it is asked here. */
function kernel(path) {
  const types = typesOf(readFileSync(path));
  const byName = new Map();
  for (const type of types) {
    if (type?.kind === STRUCT && type.name !== '' && type.count > 0) byName.set(type.name, type);
    if (type?.kind === TYPEDEF) byName.set(`@${type.name}`, type);
  }
  // Members of unnamed structs and unions count as the struct's own.
  const fields = (type) =>
    type.members().flatMap(([name, id]) => (name === '' && types[id]?.count > 0 ? fields(types[id]) : [name]));
  const lacks = ([names, wanted]) => {
    const type = names.split(' ').flatMap((name) => byName.get(name) ?? [])[0];
    if (type === undefined) return [`no ${names.split(' ')[0].replace(/^(trace_event_raw_|@btf_trace_)/, '')}`];
    if (wanted === '') return [];
    const has = new Set(fields(type));
    return wanted.split(' ').filter((name) => !has.has(name));
  };
  const arguments_ = (name) => {
    const pointer = types[byName.get(`@btf_trace_${name}`)?.size ?? 0];
    const proto = pointer?.kind === PTR ? types[pointer.size] : undefined;
    // The first is what the probe was registered with.
    return proto?.kind === FUNC_PROTO ? proto.count - 1 : '-';
  };
  return { lacks, arguments: arguments_, sizeOf: (name) => byName.get(name)?.size ?? '-' };
}

const paths = process.argv.slice(2);
const kernels = paths.map(kernel);
const row = (cells) => console.log(`| ${cells.join(' | ')} |`);
row(['', ...paths.map((path) => basename(path, '.btf'))]);
row(['---', ...paths.map(() => '---')]);
for (const [what, uses] of USES) row([what, ...kernels.map(({ lacks }) => uses.flatMap(lacks).join(', ') || 'yes')]);
row(['raw sched_switch: arguments', ...kernels.map((one) => one.arguments('sched_switch'))]);
row(['sizeof(struct pt_regs)', ...kernels.map((one) => one.sizeOf('pt_regs'))]);
