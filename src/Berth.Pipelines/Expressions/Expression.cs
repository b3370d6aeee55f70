namespace Berth.Pipelines.Expressions;

/// <summary>
/// An expression of <c>rules:if</c> or <c>only:variables</c> (GitLab's lib/gitlab/ci/pipeline/expression). Values are null,
/// strings, booleans and patterns; variables are looked up by name.
/// </summary>
internal abstract record Expression
{
    /// <summary>What comes out is there: not null, not false, not blank (Ruby's <c>present?</c>).</summary>
    public bool IsTrue(Func<string, string?> lookup) => Evaluate(lookup) switch
    {
        null => false,
        bool truth => truth,
        string text => !string.IsNullOrWhiteSpace(text),
        _ => true,
    };

    public abstract object? Evaluate(Func<string, string?> lookup);

    /// <summary>As Ruby decides <c>&amp;&amp;</c> and <c>||</c>: an empty string counts as true there.</summary>
    protected static bool IsTruthy(object? value) => value is not (null or false);
}

internal sealed record NullLiteral : Expression
{
    public override object? Evaluate(Func<string, string?> lookup) => null;
}

internal sealed record TextLiteral(string Text) : Expression
{
    public override object? Evaluate(Func<string, string?> lookup) => Text;
}

internal sealed record PatternLiteral(Pattern Pattern) : Expression
{
    public override object? Evaluate(Func<string, string?> lookup) => Pattern;
}

internal sealed record VariableReference(string Name) : Expression
{
    public override object? Evaluate(Func<string, string?> lookup) => lookup(Name);
}

internal sealed record Comparison(Expression Left, Expression Right, bool IsEqual) : Expression
{
    public override object? Evaluate(Func<string, string?> lookup) => Equals(Left.Evaluate(lookup), Right.Evaluate(lookup)) == IsEqual;
}

/// <summary><c>=~</c> and <c>!~</c>: without a valid pattern on the right nothing matches.</summary>
internal sealed record Match(Expression Left, Expression Right, bool IsMatch) : Expression
{
    public override object? Evaluate(Func<string, string?> lookup)
    {
        var text = Left.Evaluate(lookup) as string ?? "";
        var pattern = Right.Evaluate(lookup) switch
        {
            Pattern literal => literal,
            string value when Pattern.TryParse(value, out var parsed) => parsed,
            _ => null,
        };
        return (pattern?.IsMatch(text) ?? false) == IsMatch;
    }
}

internal sealed record And(Expression Left, Expression Right) : Expression
{
    public override object? Evaluate(Func<string, string?> lookup)
    {
        var left = Left.Evaluate(lookup);
        return IsTruthy(left) ? Right.Evaluate(lookup) : left;
    }
}

internal sealed record Or(Expression Left, Expression Right) : Expression
{
    public override object? Evaluate(Func<string, string?> lookup)
    {
        var left = Left.Evaluate(lookup);
        return IsTruthy(left) ? left : Right.Evaluate(lookup);
    }
}
