/** Of asm-generic/fcntl.h; Node has no name for it. */
export const O_PATH = 0o10000000;
