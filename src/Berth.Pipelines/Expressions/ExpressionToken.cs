namespace Berth.Pipelines.Expressions;

internal enum ExpressionTokenKind
{
    Open,
    Close,
    Variable,
    Text,
    Pattern,
    Null,
    Equal,
    NotEqual,
    Match,
    NotMatch,
    And,
    Or,
    End,
}

/// <summary>A token; the text is a variable's name, a string's content, or a pattern with slashes and flags.</summary>
internal readonly record struct ExpressionToken(ExpressionTokenKind Kind, string Text);
