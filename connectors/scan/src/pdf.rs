// SPDX-License-Identifier: EUPL-1.2
//! PDF files, by poppler and qpdf.

use crate::refusal;
use crate::tool::{Halt, Workshop};

/// The file in its folder.
pub(crate) const FILE: &str = "scan.pdf";
/// Where a part is made.
pub(crate) const PART: &str = "part.pdf";
/// Dots of a page that is drawn: A2 at 300 dpi. Larger plans are drawn more coarsely.
const DOTS: f64 = 36e6;
/// More coarsely nothing can be read.
const DPI_MIN: f64 = 72.0;
/// qpdf mended something, and has written the part.
const WITH_WARNINGS: i32 = 3;

/// Dots per inch at which each page is to be drawn.
pub(crate) async fn pages(workshop: &Workshop, dpi: u32, most: u32) -> Result<Vec<u32>, Halt> {
    let info = workshop.run("Seiten zählen", "pdfinfo", &[FILE]).await?;
    if String::from_utf8_lossy(&info.err).contains("Incorrect password") {
        return Err(Halt::Unfit(refusal::encrypted()));
    }
    let said = String::from_utf8_lossy(&info.out);
    let count = said
        .lines()
        .find_map(|line| line.strip_prefix("Pages:")?.trim().parse::<i64>().ok());
    let count = count.filter(|_| info.code == 0);
    let Some(count) = count else {
        return Err(Halt::Unfit(refusal::damaged("Seiten zählen")));
    };
    if !(1..=i64::from(most)).contains(&count) {
        return Err(Halt::Unfit(refusal::pages(most)));
    }
    let last = count.to_string();
    let sizes = workshop
        .succeed("Seiten messen", "pdfinfo", &["-f", "1", "-l", &last, FILE])
        .await?;
    let sizes = String::from_utf8_lossy(&sizes);
    let pages: Vec<u32> = sizes
        .lines()
        .filter_map(size)
        .map(|(width, height)| drawn_at(width, height, dpi))
        .collect::<Option<_>>()
        .ok_or_else(|| Halt::Unfit(refusal::too_large("Seiten messen")))?;
    if pages.len() as i64 == count {
        Ok(pages)
    } else {
        Err(Halt::Unfit(refusal::damaged("Seiten messen")))
    }
}

/// Width and height in points: `Page    1 size:  595.28 x 841.89 pts (A4)`.
fn size(line: &str) -> Option<(f64, f64)> {
    let (_, size) = line.strip_prefix("Page ")?.split_once(" size:")?;
    let (width, rest) = size.trim().split_once(" x ")?;
    Some((width.parse().ok()?, rest.split_whitespace().next()?.parse().ok()?))
}

/// `None` when the page is too large for any resolution that could be read.
fn drawn_at(width: f64, height: f64, dpi: u32) -> Option<u32> {
    let inches = (width / 72.0) * (height / 72.0);
    let most = if inches > 0.0 {
        (DOTS / inches).sqrt()
    } else {
        f64::from(dpi)
    };
    (most >= DPI_MIN).then(|| f64::from(dpi).min(most) as u32)
}

/// The text that a page says of itself.
pub(crate) async fn text(workshop: &Workshop, number: u32) -> Result<String, Halt> {
    let number = number.to_string();
    let arguments = [
        "-f", &number, "-l", &number, "-enc", "UTF-8", "-nopgbrk", "-q", FILE, "-",
    ];
    let text = workshop.succeed("Text lesen", "pdftotext", &arguments).await?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Draws a page as `<to>.pgm`.
pub(crate) async fn draw(workshop: &Workshop, number: u32, dpi: u32, to: &str) -> Result<(), Halt> {
    let (number, dpi) = (number.to_string(), dpi.to_string());
    let arguments = [
        "-gray",
        "-r",
        &dpi,
        "-f",
        &number,
        "-l",
        &number,
        "-singlefile",
        "-q",
        FILE,
        to,
    ];
    workshop
        .succeed("Seite zeichnen", "pdftoppm", &arguments)
        .await
        .map(drop)
}

/// Makes a file of some pages. The same pages give the same bytes.
pub(crate) async fn part(workshop: &Workshop, numbers: &[u32]) -> Result<(), Halt> {
    let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
    let range = numbers.join(",");
    let arguments = ["--empty", "--deterministic-id", "--pages", FILE, &range, "--", PART];
    let ended = workshop.run("Stapel teilen", "qpdf", &arguments).await?;
    if [0, WITH_WARNINGS].contains(&ended.code) {
        Ok(())
    } else {
        Err(Halt::Unfit(refusal::damaged("Stapel teilen")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read() {
        assert_eq!(
            size("Page    1 size:  595.28 x 841.89 pts (A4)"),
            Some((595.28, 841.89))
        );
        assert_eq!(size("Page    12 size: 100 x 50 pts"), Some((100.0, 50.0)));
        assert_eq!(size("Page    1 rot:   0"), None);
        assert_eq!(size("Pages:           1"), None);
    }

    #[test]
    fn plans_are_drawn_more_coarsely_and_what_no_plan_can_be_is_refused() {
        assert_eq!(drawn_at(595.0, 842.0, 300), Some(300));
        assert_eq!(drawn_at(2384.0, 3370.0, 300), Some(152));
        assert_eq!(drawn_at(14400.0, 14400.0, 300), None);
        assert_eq!(drawn_at(0.0, 0.0, 300), Some(300));
    }
}
