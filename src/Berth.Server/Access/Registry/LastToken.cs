using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Berth.Server.Access.Registry;

/// <summary>
/// The registry token that a connection brought last. Clients send the same one with every request, and comparing it costs a tenth of
/// the hash by which <see cref="RegistryTokens"/> remembers those of all connections.
/// </summary>
internal sealed class LastToken
{
    // One reference, so that streams of one HTTP/2 connection never see the halves of two.
    private volatile Entry? _entry;

    /// <summary>Gives each connection one.</summary>
    public static void Remember(ListenOptions listen) => listen.Use(next => connection =>
    {
        connection.Features.Set(new LastToken());
        return next(connection);
    });

    /// <summary>The token of an Authorization header that is the last one, letter by letter.</summary>
    public RegistryToken? Find(string header) => _entry is { } entry && entry.Header == header ? entry.Token : null;

    /// <summary>Notes what a header was verified to be.</summary>
    public void Keep(string header, RegistryToken token)
    {
        if (_entry?.Header != header)
            _entry = new Entry(header, token);
    }

    private sealed record Entry(string Header, RegistryToken Token);
}
