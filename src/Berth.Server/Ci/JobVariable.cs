namespace Berth.Server.Ci;

/// <summary>
/// A variable as the runner gets it. Public ones are given to services too; masked ones are hidden in the log; a file's value is
/// written to a file whose path the job sees; in a raw one '$' is an ordinary character.
/// </summary>
internal sealed record JobVariable(string Key, string Value, bool Public = true, bool Masked = false, bool File = false, bool Raw = false);
