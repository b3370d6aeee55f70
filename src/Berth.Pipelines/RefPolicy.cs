namespace Berth.Pipelines;

/// <summary>
/// <c>only:</c> or <c>except:</c>. Refs are names, <c>/regex/</c> with flags, or words (<c>branches</c>, <c>tags</c>,
/// <c>pushes</c>, …); variables are expressions. Null: the key is not given. Each given key has to hold by one of its items.
/// </summary>
public sealed record RefPolicy(IReadOnlyList<string>? Refs, IReadOnlyList<string>? Variables);
