using System.Text.Json;
using System.Text.Json.Serialization;

namespace Berth.Server.Http;

/// <summary>
/// Yes and no as GitLab's API takes them, in addresses and bodies: also as words (dry-types' Params::Bool). python-gitlab writes "True"
/// in addresses, and its command sends texts in bodies.
/// </summary>
internal static class ApiFlags
{
    public static bool IsSet(IQueryCollection query, string name) => Parse(query[name]) == true;

    /// <summary>Null if it is neither.</summary>
    public static bool? Parse(string? word) => word switch
    {
        "1" or "on" or "On" or "ON" or "t" or "true" or "True" or "TRUE" or "T" or "y" or "yes" or "Yes" or "YES" or "Y" => true,
        "0" or "off" or "Off" or "OFF" or "f" or "false" or "False" or "FALSE" or "F" or "n" or "no" or "No" or "NO" or "N" => false,
        _ => null,
    };

    /// <summary>Of bodies.</summary>
    internal sealed class Converter : JsonConverter<bool>
    {
        public override bool Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            JsonTokenType.String => Parse(reader.GetString()) ?? throw new JsonException("This is neither true nor false."),
            _ => throw new JsonException("This is neither true nor false."),
        };

        public override void Write(Utf8JsonWriter writer, bool value, JsonSerializerOptions options) => writer.WriteBooleanValue(value);
    }
}
