using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Berth.Pipelines.Yaml;

/// <summary>
/// The meaning of plain scalars by YAML 1.1 as Ruby's Psych reads it, which is what GitLab does: <c>yes</c> and <c>on</c> are
/// booleans, <c>010</c> is octal, <c>1:30</c> is 90, <c>1_000</c> and <c>1,000</c> are 1000; <c>0o14</c>, <c>08</c>,
/// <c>1e3</c> and <c>y</c> are strings.
/// </summary>
internal static partial class PlainScalars
{
    /// <summary>Longer ones are strings: no number or date of use is as long, and the patterns below never see a megabyte.</summary>
    private const int MaxTypedLength = 64;

    public static (YamlScalarKind Kind, string Text) Resolve(string plain)
    {
        if (plain is "" or "~" or "null" or "Null" or "NULL")
            return (YamlScalarKind.Null, "");
        if (plain.Length > MaxTypedLength)
            return (YamlScalarKind.String, plain);
        if (Boolean(plain) is { } boolean)
            return (YamlScalarKind.Boolean, boolean ? "true" : "false");
        if (plain[0] is not ('.' or '-' or '+') && !char.IsAsciiDigit(plain[0]))
            return (YamlScalarKind.String, plain);
        if (Integer(plain) is { } integer)
            return (YamlScalarKind.Integer, integer.ToString(CultureInfo.InvariantCulture));
        if (Float(plain) is { } number)
            return (YamlScalarKind.Float, RubyText(number));
        return (YamlScalarKind.String, plain);
    }

    /// <summary>Psych makes these a date or a time, which GitLab does not load.</summary>
    public static bool IsDate(string plain) => plain.Length is >= 8 and <= MaxTypedLength && char.IsAsciiDigit(plain[0]) && DatePattern().IsMatch(plain);

    private static bool? Boolean(string plain) => plain.ToLowerInvariant() switch
    {
        "yes" or "true" or "on" => true,
        "no" or "false" or "off" => false,
        _ => null,
    };

    private static BigInteger? Integer(string plain)
    {
        var match = IntegerPattern().Match(plain);
        if (!match.Success)
            return SexagesimalPattern().IsMatch(plain) ? Sexagesimal(plain) : null;
        var digits = plain.TrimStart('+', '-').Replace("_", "").Replace(",", "");
        var magnitude = match.Groups["binary"].Success ? Number(digits.AsSpan(2), 2)
            : match.Groups["hex"].Success ? Number(digits.AsSpan(2), 16)
            : match.Groups["octal"].Success ? Number(digits, 8)
            : Number(digits, 10);
        return plain[0] == '-' ? -magnitude : magnitude;
    }

    private static BigInteger Number(ReadOnlySpan<char> digits, int numberBase)
    {
        var number = BigInteger.Zero;
        foreach (var digit in digits)
            number = number * numberBase + Convert.ToInt32(digit.ToString(), 16);
        return number;
    }

    private static BigInteger Sexagesimal(string plain)
    {
        var number = BigInteger.Zero;
        foreach (var part in plain.TrimStart('+', '-').Split(':'))
            number = number * 60 + Number(part.Replace("_", ""), 10);
        return plain[0] == '-' ? -number : number;
    }

    private static double? Float(string plain) => plain.ToLowerInvariant() switch
    {
        ".inf" or "+.inf" => double.PositiveInfinity,
        "-.inf" => double.NegativeInfinity,
        ".nan" => double.NaN,
        _ when FloatPattern().IsMatch(plain) => double.Parse(
            plain.Replace("_", "").Replace(",", ""), NumberStyles.Float, CultureInfo.InvariantCulture),
        _ => null,
    };

    /// <summary>As Ruby writes a float: <c>1.0</c>, <c>1.5e+20</c>.</summary>
    private static string RubyText(double number)
    {
        if (double.IsNaN(number))
            return "NaN";
        if (double.IsInfinity(number))
            return number > 0 ? "Infinity" : "-Infinity";
        var size = Math.Abs(number);
        if (size is 0 or >= 1e-4 and < 1e16)
        {
            var text = size < 1e15 ? number.ToString("R", CultureInfo.InvariantCulture) : ((decimal)number).ToString(CultureInfo.InvariantCulture);
            return text.Contains('.') ? text : text + ".0";
        }
        var parts = number.ToString("R", CultureInfo.InvariantCulture).Split('E');
        return $"{(parts[0].Contains('.') ? parts[0] : parts[0] + ".0")}e{parts[1]}";
    }

    [GeneratedRegex("^[-+]?(?:(?<binary>0b[01_,]+)|(?<octal>0[0-7_,]+)|(?<hex>0x[0-9a-fA-F_,]+)|0|[1-9](?:[0-9]|,[0-9]|_[0-9])*)\\z", RegexOptions.ExplicitCapture)]
    private static partial Regex IntegerPattern();

    [GeneratedRegex("^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9]){1,2}\\z", RegexOptions.ExplicitCapture)]
    private static partial Regex SexagesimalPattern();

    [GeneratedRegex("^[-+]?(?:[0-9][0-9_,]*\\.[0-9]*|\\.[0-9]+)(?:[eE][+-][0-9]+)?\\z", RegexOptions.ExplicitCapture)]
    private static partial Regex FloatPattern();

    [GeneratedRegex("^[0-9]{4}-(?:1[012]|0?[0-9])-(?:[12][0-9]|3[01]|0?[0-9])(?:(?:[Tt]|\\s+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]*)?(?:\\s*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?)?\\z", RegexOptions.ExplicitCapture)]
    private static partial Regex DatePattern();
}
