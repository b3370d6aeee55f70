using Berth.Server.Access.Places;
using Berth.Server.Http;

namespace Berth.Server.Access.Accounts;

/// <summary>What a user's fields may hold, for the REST API and for pages; null is a field that is not given.</summary>
internal static class UserFields
{
    public static FieldRefusal? Refusal(string? username, string? name, string? email, string? password)
    {
        if (username is not null && NamespacePath.Refusal(username) is { } badUsername)
            return new("username", badUsername);
        if (PlainText.Refusal(name) is { } badName)
            return new("name", badName);
        if (PlainText.Refusal(email) is { } badEmail)
            return new("email", badEmail);
        return password is not null && Passwords.Refusal(password) is { } badPassword ? new("password", badPassword) : null;
    }
}
