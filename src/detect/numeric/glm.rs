//! Quasi-Poisson regression with a log link by iteratively reweighted least squares.

/// More steps mean that it does not converge.
const MOST_STEPS: usize = 25;
/// The relative change of the deviance at which it has.
const CONVERGED: f64 = 1e-8;

/// What is regressed on what. All three have one entry per observation.
#[derive(Debug, Clone)]
pub(in crate::detect) struct Data {
    /// The columns of each observation; the first is the constant 1.
    pub design: Vec<Vec<f64>>,
    /// The counts.
    pub response: Vec<f64>,
    /// How much each counts.
    pub weights: Vec<f64>,
}

/// A converged regression.
#[derive(Debug, Clone)]
pub(in crate::detect) struct Fit {
    /// One per column.
    pub coefficients: Vec<f64>,
    /// Their covariance, to be multiplied by the dispersion.
    pub covariance: Vec<Vec<f64>>,
    /// The fitted mean of each observation.
    pub fitted: Vec<f64>,
    /// How much of each observation is its own prediction.
    pub leverages: Vec<f64>,
    /// Pearson's variance-to-mean ratio; below 1 where counts are too regular.
    pub dispersion: f64,
    /// The same of the relative residuals (y − μ)/μ, by the given weights alone.
    pub relative_scatter: f64,
    /// Observations minus columns.
    pub freedom: f64,
}

impl Data {
    /// Fits the regression; `None` where it does not converge or has too little to go by.
    pub fn fit(&self) -> Option<Fit> {
        let mut fitted: Vec<f64> = self.response.iter().map(|count| count + 0.1).collect();
        let mut deviance = f64::INFINITY;
        for _ in 0..MOST_STEPS {
            // Dispersion and covariance keep the weights of the last step, one behind the
            // last means, as every published figure of such regressions does.
            let working: Vec<f64> = self.weights.iter().zip(&fitted).map(|(weight, mean)| weight * mean).collect();
            let covariance = inverse(self.information(&working))?;
            let coefficients = self.solve(&covariance, &working, &fitted);
            fitted = self.design.iter().map(|row| dot(row, &coefficients).exp()).collect();
            let before = std::mem::replace(&mut deviance, self.deviance(&fitted));
            if !deviance.is_finite() {
                return None;
            }
            if (deviance - before).abs() / (deviance + 0.1) < CONVERGED {
                return self.finish(coefficients, covariance, fitted, &working);
            }
        }
        None
    }

    fn finish(
        &self,
        coefficients: Vec<f64>,
        covariance: Vec<Vec<f64>>,
        fitted: Vec<f64>,
        working: &[f64],
    ) -> Option<Fit> {
        let freedom = self.response.len().checked_sub(coefficients.len()).filter(|left| *left > 0)? as f64;
        let scatter = |weights: &[f64]| {
            let square = |((count, mean), weight): ((&f64, &f64), &f64)| weight * ((count - mean) / mean).powi(2);
            self.response.iter().zip(&fitted).zip(weights).map(square).sum::<f64>() / freedom
        };
        let (dispersion, relative_scatter) = (scatter(working), scatter(&self.weights));
        let leverages =
            self.design.iter().zip(working).map(|(row, weight)| weight * quadratic(&covariance, row)).collect();
        Some(Fit { coefficients, covariance, fitted, leverages, dispersion, relative_scatter, freedom })
    }

    /// XᵀWX.
    fn information(&self, working: &[f64]) -> Vec<Vec<f64>> {
        let columns = self.design.first().map_or(0, Vec::len);
        let mut sums = vec![vec![0.0; columns]; columns];
        for (row, weight) in self.design.iter().zip(working) {
            for (sum, left) in sums.iter_mut().zip(row) {
                add_scaled(sum, row, weight * left);
            }
        }
        sums
    }

    /// The coefficients of one step: (XᵀWX)⁻¹XᵀWz with the working response z.
    fn solve(&self, covariance: &[Vec<f64>], working: &[f64], fitted: &[f64]) -> Vec<f64> {
        let mut score = vec![0.0; covariance.len()];
        let observations = self.design.iter().zip(&self.response).zip(working).zip(fitted);
        for (((row, count), weight), mean) in observations {
            add_scaled(&mut score, row, weight * (mean.ln() + (count - mean) / mean));
        }
        covariance.iter().map(|row| dot(row, &score)).collect()
    }

    fn deviance(&self, fitted: &[f64]) -> f64 {
        let term = |((count, mean), weight): ((&f64, &f64), &f64)| {
            let ratio = if *count > 0.0 { count * (count / mean).ln() } else { 0.0 };
            2.0 * weight * (ratio - (count - mean))
        };
        self.response.iter().zip(fitted).zip(&self.weights).map(term).sum()
    }
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(l, r)| l * r).sum()
}

fn quadratic(matrix: &[Vec<f64>], row: &[f64]) -> f64 {
    matrix.iter().zip(row).map(|(line, value)| value * dot(line, row)).sum()
}

fn add_scaled(sum: &mut [f64], row: &[f64], factor: f64) {
    for (total, value) in sum.iter_mut().zip(row) {
        *total += factor * value;
    }
}

/// Gauss–Jordan with row exchange; `None` for a singular matrix.
fn inverse(matrix: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    let size = matrix.len();
    let scale = matrix.iter().flatten().fold(0.0, |most: f64, value| most.max(value.abs()));
    let unit = |place: usize| (0..size).map(move |column| if column == place { 1.0 } else { 0.0 });
    let mut rows: Vec<Vec<f64>> =
        matrix.into_iter().enumerate().map(|(place, row)| row.into_iter().chain(unit(place)).collect()).collect();
    for column in 0..size {
        let at = |rows: &[Vec<f64>], row: usize| rows.get(row).and_then(|row| row.get(column)).map_or(0.0, |v| v.abs());
        let best = (column..size).max_by(|a, b| at(&rows, *a).total_cmp(&at(&rows, *b)))?;
        rows.swap(column, best);
        let lead = normalised(rows.get(column)?, column, scale)?;
        for (place, row) in rows.iter_mut().enumerate() {
            let factor = row.get(column).copied().unwrap_or_default();
            if place == column {
                row.clone_from(&lead);
            } else {
                add_scaled(row, &lead, -factor);
            }
        }
    }
    Some(rows.into_iter().map(|row| row.into_iter().skip(size).collect()).collect())
}

fn normalised(row: &[f64], column: usize, scale: f64) -> Option<Vec<f64>> {
    let pivot = *row.get(column)?;
    (pivot.abs() > scale * 1e-13).then(|| row.iter().map(|value| value / pivot).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(design: Vec<Vec<f64>>, response: Vec<f64>) -> Data {
        let weights = vec![1.0; response.len()];
        Data { design, response, weights }
    }

    #[test]
    fn a_constant_is_the_mean() {
        let counts = vec![2.0, 5.0, 3.0, 4.0, 6.0];
        let fit = data(vec![vec![1.0]; 5], counts).fit().unwrap();
        assert!((fit.coefficients[0].exp() - 4.0).abs() < 1e-9);
        // Σ(y − μ)²/μ over n − 1, and every leverage 1/n.
        assert!((fit.dispersion - 10.0 / 4.0 / 4.0).abs() < 1e-5);
        assert!((fit.leverages[3] - 0.2).abs() < 1e-9);
        assert!((fit.covariance[0][0] - 1.0 / 20.0).abs() < 1e-6);
    }

    #[test]
    fn an_exact_exponential_is_found() {
        let design: Vec<Vec<f64>> = (0..12).map(|t| vec![1.0, f64::from(t)]).collect();
        let counts = (0..12).map(|t| (1.5 + 0.2 * f64::from(t)).exp()).collect();
        let fit = data(design, counts).fit().unwrap();
        assert!((fit.coefficients[0] - 1.5).abs() < 1e-6 && (fit.coefficients[1] - 0.2).abs() < 1e-7);
    }

    #[test]
    fn what_cannot_be_fitted_is_none() {
        assert!(data(vec![vec![1.0, 1.0]; 6], vec![1.0; 6]).fit().is_none());
        assert!(data(vec![vec![1.0]; 1], vec![1.0]).fit().is_none());
        assert!(data(Vec::new(), Vec::new()).fit().is_none());
        assert!(data(vec![vec![1.0]; 3], vec![1e300, 0.0, f64::NAN]).fit().is_none());
    }
}
