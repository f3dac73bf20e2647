/** A place in memory that an x86-64 instruction names relative to itself. */
export interface MemoryOperand {
  readonly address: number;
  /** `address`: lea, which takes the place's address; the others read or write it. */
  readonly kind: 'word' | 'half' | 'byte' | 'address';
}

/** Opcodes with a ModRM byte, and how many bytes of immediate follow the displacement. */
const IMMEDIATE_BYTES: Readonly<Record<number, number>> = {
  1: 0, // add r/m, r
  3: 0, // add r, r/m
  41: 0, // sub r/m, r
  43: 0, // sub r, r/m
  57: 0, // cmp r/m, r
  59: 0, // cmp r, r/m
  99: 0, // movslq
  129: 4, // group 1 with imm32
  131: 1, // group 1 with imm8
  133: 0, // test
  135: 0, // xchg
  137: 0, // mov r/m, r
  139: 0, // mov r, r/m
  141: 0, // lea
  199: 4, // mov r/m, imm32
  56: 0, // cmp r/m8, r8
  128: 1, // group 1, byte
  136: 0, // mov r/m8, r8
  138: 0, // mov r8, r/m8
};
const BYTE_OPCODES = new Set([0x38, 0x80, 0x88, 0x8a]);
const LEA = 0x8d;
const MOVSLQ = 0x63;

/**
 * The RIP-relative operands of a piece of code. It is read at every byte, as if each began an instruction: some of what
 * comes out is none, so take only places where data is, and what several functions agree upon.
 */
export function* ripOperands(code: Buffer, address: number): Generator<MemoryOperand> {
  for (let at = 0; at + 6 <= code.length; at += 1) {
    const opcode = code.readUInt8(at);
    const immediate = IMMEDIATE_BYTES[opcode];
    // mod 00, r/m 101: a displacement from the next instruction.
    if (immediate === undefined || (code.readUInt8(at + 1) & 0xc7) !== 0x05) continue;
    const prefix = at === 0 ? 0 : code.readUInt8(at - 1);
    const isWide = (prefix & 0xf8) === 0x48;
    yield { address: address + at + 6 + code.readInt32LE(at + 2) + immediate, kind: kindOf(opcode, isWide) };
  }
}

function kindOf(opcode: number, isWide: boolean): MemoryOperand['kind'] {
  if (opcode === LEA) return 'address';
  if (BYTE_OPCODES.has(opcode)) return 'byte';
  // movslq reads 32 bits into 64.
  return isWide && opcode !== MOVSLQ ? 'word' : 'half';
}
