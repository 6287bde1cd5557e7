// Stands in for the compiled native-watchdog, which ends an extension host whose server has vanished.
// Ours need none: the harness ends the server's whole process group.
exports.start = () => {};
exports.exit = (code) => process.exit(code ?? 0);
