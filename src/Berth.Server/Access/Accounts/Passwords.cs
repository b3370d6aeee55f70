using Berth.Server.Http;
using Microsoft.AspNetCore.Identity;

namespace Berth.Server.Access.Accounts;

/// <summary>
/// Hashes and checks passwords (ASP.NET Core Identity's PBKDF2). Slow by design, so at most one at a time per core, and a bounded
/// number waits: other requests never wait behind a crowd of logins.
/// </summary>
internal sealed class Passwords : IDisposable
{
    /// <summary>GitLab's.</summary>
    public const int MinLength = 8;

    private static readonly object NoUser = new();

    private readonly PasswordHasher<object> _hasher = new();
    private readonly SemaphoreSlim _cores = new(Environment.ProcessorCount);
    private readonly Lazy<string> _decoy;
    private readonly int _maxWaiting;
    private int _waiting;

    public Passwords() : this(RequestLimits.MaxWaitingPasswords)
    {
    }

    internal Passwords(int maxWaiting)
    {
        _maxWaiting = maxWaiting;
        _decoy = new(() => _hasher.HashPassword(NoUser, "decoy"));
    }

    /// <summary>Why a new password is refused; null if it is good.</summary>
    public static string? Refusal(string password) => password.Length switch
    {
        < MinLength => $"is too short (minimum is {MinLength} characters)",
        > RequestLimits.MaxSecretChars => $"is too long (maximum is {RequestLimits.MaxSecretChars} characters)",
        _ => null,
    };

    /// <summary>For a new password, of someone who is signed in: waits its turn.</summary>
    public Task<string> Hash(string password, CancellationToken cancellationToken) => InTurn(() => _hasher.HashPassword(NoUser, password), cancellationToken);

    /// <summary>Checks a password; without a hash (no such user) it takes as long and says no.</summary>
    /// <exception cref="TooManyRequestsException">Too many wait already.</exception>
    public async Task<bool> Verify(string? hash, string password, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > _maxWaiting)
                throw new TooManyRequestsException(429, TimeSpan.FromSeconds(5), "too many passwords are being checked: wait a few seconds, then try again; tokens are never kept waiting");
            var outcome = await InTurn(() => _hasher.VerifyHashedPassword(NoUser, hash ?? _decoy.Value, password), cancellationToken);
            return hash is not null && outcome != PasswordVerificationResult.Failed;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Dispose() => _cores.Dispose();

    private async Task<T> InTurn<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _cores.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(work, cancellationToken);
        }
        finally
        {
            _cores.Release();
        }
    }
}
