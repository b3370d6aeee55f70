using Berth.Server.Database;

namespace Berth.Server.Images;

/// <summary>
/// Keeps the words by which images are found, every second for those that were made, renamed, moved or deleted since: whoever changes a
/// name need not know of it. A name is kept once from the start of each of its words on, so that what begins with a word is a range.
/// </summary>
internal sealed class ImageWords(MetadataDatabase database, TimeProvider time, ILogger<ImageWords> log) : RecurringTask(Every, time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>In one transaction: some 10 ms of SQLite.</summary>
    private const int Batch = 100;

    public override string Purpose => "Index images for the search";

    protected override async Task Run(CancellationToken cancellationToken)
    {
        List<long> some;
        do
        {
            await using (var connection = await database.OpenRead(cancellationToken))
                some = await connection.Query<long>(ImageWordQueries.Unindexed, new { limit = Batch }, cancellationToken);
            if (some.Count > 0)
                await database.Write(transaction => some.ForEach(id => Index(transaction, id)), Durability.Process);
        }
        while (some.Count == Batch);
    }

    protected override void Failed(Exception failure) => log.NamesNotIndexed(failure);

    /// <summary>An image name from each of its words on; none twice.</summary>
    public static IEnumerable<string> Of(string imageName)
    {
        for (var i = 0; i < imageName.Length; i++)
        {
            if (char.IsAsciiLetterOrDigit(imageName[i]) && (i == 0 || !char.IsAsciiLetterOrDigit(imageName[i - 1])))
                yield return imageName[i..];
        }
    }

    private static void Index(WriteTransaction transaction, long id)
    {
        var name = transaction.QueryForUpdate<string>(ImageWordQueries.LockName, new { id })!;
        transaction.Execute(ImageWordQueries.DeleteWords, new { id });
        foreach (var word in Of(name))
            transaction.Execute(ImageWordQueries.InsertWord, new { word, id });
        transaction.Execute(ImageWordQueries.SetIndexed, new { id, name });
    }
}
