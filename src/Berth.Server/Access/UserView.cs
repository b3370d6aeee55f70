using System.Globalization;
using Berth.Server.Configuration;
using Berth.Server.Database;

namespace Berth.Server.Access;

/// <summary>A user as GitLab's API shows one: to everyone who is signed in the public fields, to administrators and themself all.</summary>
internal static class UserView
{
    public static Dictionary<string, object?> Public(UserRow user, BerthSettings settings) => new()
    {
        ["id"] = user.Id,
        ["username"] = user.Username,
        ["name"] = user.Name,
        ["state"] = UserState.Word(user.State),
        ["locked"] = false,
        ["avatar_url"] = null,
        ["web_url"] = $"{settings.ExternalOrigin}/{user.Username}",
        ["public_email"] = null,
        ["created_at"] = Time(user.CreatedAt),
        ["bot"] = user.IsBot,
    };

    public static Dictionary<string, object?> Whole(UserRow user, BerthSettings settings)
    {
        var view = Public(user, settings);
        view["email"] = user.Email;
        view["commit_email"] = user.Email;
        view["is_admin"] = user.IsAdmin != 0;
        view["last_sign_in_at"] = view["current_sign_in_at"] = user.SignedInAt is { } at ? Time(at) : null;
        view["confirmed_at"] = Time(user.CreatedAt);
        view["identities"] = Array.Empty<object>();
        view["can_create_group"] = view["can_create_project"] = !user.IsBot;
        view["two_factor_enabled"] = false;
        view["external"] = false;
        view["private_profile"] = false;
        view["namespace_id"] = user.NamespaceId;
        return view;
    }

    private static string Time(long micros) => Clock.FromMicros(micros).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
