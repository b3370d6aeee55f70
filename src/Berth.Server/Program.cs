using Berth.Server.Configuration;
using Berth.Server.Operation;
using Berth.Server.Storage;

UnusedMemory.Bound();
SocketThread.SetCount();
return await BerthCommand.Run(args,
[
    new Verb("serve", "Run the server (what berth does without a verb).", (settings, _, cancel) => Operator.Run(() => Serve.Verb(settings, cancel))),
    new Verb("check", "Check settings, database, storage and what Berth needs on this machine.", (settings, _, cancel) => Operator.Run(() => Check.Verb(settings, cancel))),
    new Verb("fsck", "Check every blob, manifest and tag against each other; read-only, also beside a running server.", (settings, _, cancel) => Operator.Run(() => Fsck.Verb(settings, cancel))),
    new Verb("lint", "Check a pipeline file: what is wrong with it, or its jobs.", (_, parsed, cancel) => Operator.Run(() => Lint.Verb(parsed.GetRequiredValue(Lint.File), Console.In, Console.Out, cancel))) { Arguments = [Lint.File] },
    new Verb("rotate-keys", "Make the next key that signs registry tokens; tokens of the old one go on.", (settings, _, cancel) => Operator.Run(() => RotateKeys.Verb(settings, cancel))),
    new Verb("reset-root-password", "Give root a new random password and print it.", (settings, _, cancel) => Operator.Run(() => RootPassword.ResetVerb(settings, cancel))),
]);
