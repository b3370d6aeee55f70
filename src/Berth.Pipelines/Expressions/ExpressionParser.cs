using System.Diagnostics.CodeAnalysis;

namespace Berth.Pipelines.Expressions;

/// <summary>
/// Parses by precedence: comparisons and matches bind tightest, then <c>&amp;&amp;</c>, then <c>||</c>; each from left to
/// right. Recursion is bounded by the number of tokens.
/// </summary>
internal sealed class ExpressionParser
{
    private readonly List<ExpressionToken> _tokens;
    private int _at;
    private string _cause = "";

    private ExpressionParser(List<ExpressionToken> tokens) => _tokens = tokens;

    /// <param name="text">The expression.</param>
    /// <param name="expression">Null if it is none.</param>
    /// <param name="cause">What is wrong, for people; empty if nothing.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out Expression? expression, out string cause)
    {
        expression = null;
        if (ExpressionLexer.Tokens(text, out cause) is not { } tokens)
            return false;
        var parser = new ExpressionParser(tokens);
        expression = parser.ParseOr();
        if (expression is not null && parser.Kind != ExpressionTokenKind.End)
            expression = parser.Fail($"unexpected {parser.Current.Text}");
        cause = parser._cause;
        return expression is not null;
    }

    private ExpressionToken Current => _tokens[_at];

    private ExpressionTokenKind Kind => Current.Kind;

    private Expression? ParseOr()
    {
        var left = ParseAnd();
        while (left is not null && Take(ExpressionTokenKind.Or))
            left = ParseAnd() is { } right ? new Or(left, right) : null;
        return left;
    }

    private Expression? ParseAnd()
    {
        var left = ParseComparison();
        while (left is not null && Take(ExpressionTokenKind.And))
            left = ParseComparison() is { } right ? new And(left, right) : null;
        return left;
    }

    private Expression? ParseComparison()
    {
        var left = ParseOperand();
        while (left is not null)
        {
            var operation = Kind;
            if (operation is not (ExpressionTokenKind.Equal or ExpressionTokenKind.NotEqual or ExpressionTokenKind.Match or ExpressionTokenKind.NotMatch))
                return left;
            _at++;
            var right = ParseOperand();
            left = right is null ? null : Compare(left, operation, right);
        }
        return null;
    }

    private Expression? Compare(Expression left, ExpressionTokenKind operation, Expression right) => operation switch
    {
        ExpressionTokenKind.Equal => new Comparison(left, right, IsEqual: true),
        ExpressionTokenKind.NotEqual => new Comparison(left, right, IsEqual: false),
        _ when right is TextLiteral or NullLiteral => Fail("a match needs a /pattern/ or a variable on its right"),
        _ => new Match(left, right, operation == ExpressionTokenKind.Match),
    };

    private Expression? ParseOperand()
    {
        var token = Current;
        if (token.Kind != ExpressionTokenKind.End)
            _at++;
        switch (token.Kind)
        {
            case ExpressionTokenKind.Variable:
                return new VariableReference(token.Text);
            case ExpressionTokenKind.Text:
                return new TextLiteral(token.Text);
            case ExpressionTokenKind.Null:
                return new NullLiteral();
            case ExpressionTokenKind.Pattern:
                return Pattern.TryParse(token.Text, out var pattern) ? new PatternLiteral(pattern) : Fail($"{token.Text} is no regular expression of RE2");
            case ExpressionTokenKind.Open:
                var inner = ParseOr();
                return inner is null || Take(ExpressionTokenKind.Close) ? inner : Fail("a ) is missing");
            case ExpressionTokenKind.End:
                return Fail("it ends too early");
            default:
                return Fail($"unexpected {token.Text}");
        }
    }

    private bool Take(ExpressionTokenKind kind)
    {
        if (Kind != kind)
            return false;
        _at++;
        return true;
    }

    private Expression? Fail(string cause)
    {
        _cause = cause;
        return null;
    }
}
