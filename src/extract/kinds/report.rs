//! `report`: one happening at a place, by the item's coordinates, those in its text, or a name of the place.

use super::coordinates;
use super::{EventDate, KindReader};
use crate::extract::matching::patterns;
use crate::extract::source::Source;
use crate::extract::text::evidence;
use crate::extract::text::fold::Folded;
use crate::extract::text::words::WordPattern;
use crate::extract::{RuleError, Rules};
use crate::model::geo::{Place, Point};
use crate::model::observation::{Evidence, Report, Value};
use crate::model::outcome::{Finding, Outcome};

/// Where reports have to be, and how a text shows that.
#[derive(Debug)]
pub(super) struct ReportKind {
    near: Option<Place>,
    names: Vec<WordPattern>,
    date: Option<EventDate>,
}

impl ReportKind {
    /// Compiles the names of the place.
    ///
    /// # Errors
    /// Names that are no words, and an invalid pattern for the date.
    pub(super) fn new(rules: &Rules) -> Result<Self, Vec<RuleError>> {
        let names = rules.near.as_ref().map_or(Ok(Vec::new()), |place| patterns("near", &place.names))?;
        let date = EventDate::new(rules).map_err(|error| vec![error])?;
        Ok(Self { near: rules.near.clone(), names, date })
    }

    /// Where the item is, with the evidence that its text gives for it.
    fn locate(&self, source: &Source<'_>) -> Result<(Report, Option<Evidence>), String> {
        if let Some(point) = source.item.point {
            return self.at(point).map(|report| (report, None));
        }
        let text = source.text();
        let pairs = coordinates::read(&text);
        let inside = pairs.iter().find_map(|(point, range)| self.at(*point).ok().map(|report| (report, range)));
        if let Some((report, range)) = inside {
            return Ok((report, Some(evidence::around(&text, range))));
        }
        if let Some((point, _)) = pairs.first() {
            return self.at(*point).map(|report| (report, None));
        }
        self.named(&text)
    }

    fn at(&self, point: Point) -> Result<Report, String> {
        match &self.near {
            Some(place) if !place.contains(point) => {
                let km = place.centre.distance_km(point);
                Err(format!("{km:.1} km from the centre of `{}`, outside of it", place.id))
            }
            _ => Ok(Report { point, error_km: 0.0, place: None }),
        }
    }

    fn named(&self, text: &str) -> Result<(Report, Option<Evidence>), String> {
        let Some(place) = &self.near else {
            return Err("neither coordinates of its own nor in the text".to_owned());
        };
        let folded = Folded::for_words(text);
        let Some(range) = self.names.iter().find_map(|name| name.find(&folded)) else {
            return Err(format!("no coordinates, and no name of `{}` in the text", place.id));
        };
        let range = folded.source_range(text, range);
        let name = text.get(range.clone()).unwrap_or_default().to_owned();
        let report = Report { point: place.centre, error_km: place.reach_km(), place: Some(name) };
        Ok((report, Some(evidence::around(text, &range))))
    }
}

impl KindReader for ReportKind {
    fn read(&self, source: &Source<'_>, matched: Option<&Evidence>) -> Outcome {
        let (report, located) = match self.locate(source) {
            Ok(found) => found,
            Err(why) => return Outcome::NoMatch { why },
        };
        let event_time = match self.date.as_ref().map(|date| date.read(&source.text(), source.day())) {
            Some(Err(why)) => return Outcome::NoMatch { why },
            Some(Ok(Some((window, _)))) => EventDate::moment(&window, source.zone),
            Some(Ok(None)) | None => None,
        };
        // The words of the rule say what happened; where there are none, the place is what was found.
        let evidence = matched.cloned().or(located).unwrap_or_else(|| evidence::of_item(source.item));
        Outcome::Value(Finding { value: Value::Report(report), event_time, evidence })
    }
}
