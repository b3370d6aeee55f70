using Microsoft.AspNetCore.Identity;

namespace Berth.Server.Access;

/// <summary>
/// Hashes and checks passwords (ASP.NET Core Identity's PBKDF2). Slow by design, so at most one at a time per core: other requests
/// never wait behind a crowd of logins.
/// </summary>
internal sealed class Passwords : IDisposable
{
    private static readonly object NoUser = new();

    private readonly PasswordHasher<object> _hasher = new();
    private readonly SemaphoreSlim _cores = new(Environment.ProcessorCount);
    private readonly Lazy<string> _decoy;

    public Passwords() => _decoy = new(() => _hasher.HashPassword(NoUser, "decoy"));

    public async Task<string> Hash(string password, CancellationToken cancellationToken)
    {
        await _cores.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => _hasher.HashPassword(NoUser, password), cancellationToken);
        }
        finally
        {
            _cores.Release();
        }
    }

    /// <summary>Checks a password; without a hash (no such user) it takes as long and says no.</summary>
    public async Task<bool> Verify(string? hash, string password, CancellationToken cancellationToken)
    {
        await _cores.WaitAsync(cancellationToken);
        try
        {
            var outcome = await Task.Run(() => _hasher.VerifyHashedPassword(NoUser, hash ?? _decoy.Value, password), cancellationToken);
            return hash is not null && outcome != PasswordVerificationResult.Failed;
        }
        finally
        {
            _cores.Release();
        }
    }

    public void Dispose() => _cores.Dispose();
}
