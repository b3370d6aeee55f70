using System.Collections.Concurrent;

namespace Berth.Server.Database;

/// <summary>
/// Rows as they were read, each good until the next commit: then <see cref="MetadataDatabase.Generation"/> has moved. So what it gives
/// is what a query would give, for a tenth of the time; where the database has no generation (PostgreSQL, where others write too) it
/// keeps nothing. A row is read anew after a second all the same, should somebody write into the file behind our back.
/// </summary>
internal sealed class RowCache<TKey, TRow>(MetadataDatabase database, TimeProvider time) where TKey : notnull where TRow : class
{
    /// <summary>Some 2 MB; beyond it the cache starts anew.</summary>
    private const int MaxRows = 10_000;

    private readonly ConcurrentDictionary<TKey, Kept> _rows = new();

    /// <summary>The row, if nothing was committed since it was kept; null if it has to be read.</summary>
    public TRow? Find(TKey key) =>
        _rows.TryGetValue(key, out var kept) && kept.Generation == database.Generation && time.Micros() - kept.ReadAt is >= 0 and < Clock.Second ? kept.Row : null;

    /// <param name="key">What the row was found by.</param>
    /// <param name="generation">The database's generation before the row was read: a commit during the reading makes it old.</param>
    /// <param name="row">What was read.</param>
    public void Keep(TKey key, long? generation, TRow row)
    {
        if (generation is not { } known)
            return;
        if (_rows.Count >= MaxRows)
            _rows.Clear();
        _rows[key] = new Kept(row, known, time.Micros());
    }

    private readonly record struct Kept(TRow Row, long Generation, long ReadAt);
}
