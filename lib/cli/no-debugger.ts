/**
 * To be imported before all else: until somebody listens for SIGUSR1, Node opens a debugger at it, by which anybody on this
 * machine could do what the program may.
 */
process.on("SIGUSR1", () => {});
